import { type ReactNode, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components/Tabs";

export interface TabEntry {
  readonly id: string;
  readonly title: string;
  /** Shown beside the title; 0 shows nothing. */
  readonly count?: number;
  readonly content: ReactNode;
}

/** A panel of several views. */
export const TabbedPanel = ({
  label,
  tabs,
  selected,
  onSelect,
}: {
  readonly label: string;
  readonly tabs: readonly TabEntry[];
  readonly selected?: string;
  readonly onSelect?: (id: string) => void;
}): ReactNode => {
  const [own, setOwn] = useState(tabs[0]?.id ?? "");
  return (
    <section className="panel tabbed" aria-label={label}>
      <Tabs
        className="tabbed__tabs"
        selectedKey={selected ?? own}
        onSelectionChange={(key) => {
          setOwn(String(key));
          onSelect?.(String(key));
        }}
      >
        <TabList className="tabbed__list" aria-label={label}>
          {tabs.map(({ id, title, count = 0 }) => (
            <Tab key={id} id={id} className="tabbed__tab">
              {title}
              {count > 0 && <span className="tabbed__count">{count}</span>}
            </Tab>
          ))}
        </TabList>
        {tabs.map(({ id, content }) => (
          <TabPanel key={id} id={id} className="tabbed__panel">
            {content}
          </TabPanel>
        ))}
      </Tabs>
    </section>
  );
};
