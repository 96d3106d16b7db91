import { openLink } from "../open-link.ts";

export default openLink("student");
