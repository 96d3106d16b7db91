#!/bin/sh
# Assembles /out/opt/atelier inside a Debian container, for that container's architecture or another one.
#
#   /in/node            the Node binary of the target architecture
#   /in/node_modules/   @lydell/node-pty and its binary package
#   ARCH                Debian's name of the target architecture
#   GOSS_VERSION        upstream version of goss to take from Debian 13
#   NODE_VERSION, NODE_PTY_VERSION, PLATFORM, CONTRACT   what platform.json says besides
#   EXTRA_SOURCE        apt line of the Debian 13 archive, made from this container's own sources
#
# Packages of the target are unpacked and never run, so that any machine makes both variants; only the
# proof at the end needs the target's own processor. Nothing in the result needs a file outside
# /opt/atelier: not a loader, not a C library.
set -eu
export DEBIAN_FRONTEND=noninteractive
root=/out/opt/atelier
target=/tmp/target

echo "$EXTRA_SOURCE" >/etc/apt/sources.list.d/atelier-goss.list
# Priority 1: nothing is taken from Debian 13 unless it is named.
printf 'Package: *\nPin: release n=trixie\nPin-Priority: 1\n' >/etc/apt/preferences.d/atelier-goss
echo 'Acquire::Retries "3";' >/etc/apt/apt.conf.d/atelier-retries
dpkg --add-architecture "$ARCH"
apt-get -qq update
apt-get -qq install -y --no-install-recommends ca-certificates ncurses-base ncurses-term patchelf >/dev/null

mkdir -p /tmp/packages "$target"
cd /tmp/packages
chmod 0777 .
goss_package=$(apt-cache madison "goss:$ARCH" | awk -v want="$GOSS_VERSION" '$3 ~ "^" want "-" { print $3; exit }')
[ -n "$goss_package" ] || { echo "goss $GOSS_VERSION is not in the archive" >&2; exit 1; }
apt-get -qq download "goss:$ARCH=$goss_package"
for package in dash libatomic1 libc6 libcap-ng0 libgcc-s1 libstdc++6 tini util-linux; do
  apt-get -qq download "$package:$ARCH"
done
for package in ./*.deb; do dpkg -x "$package" "$target"; done

mkdir -p "$root/bin" "$root/lib" "$root/etc" "$root/share" "$root/server"
cp /in/node "$root/bin/node"
cp "$target/usr/bin/tini-static" "$root/bin/tini"
cp "$target/bin/dash" "$target/usr/bin/setpriv" "$target/usr/bin/flock" "$target/usr/bin/goss" "$root/bin/"
cp -R /in/node_modules "$root/server/node_modules"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ca-certificates.crt"
chmod 0755 "$root"/bin/*

addon=$(find "$root/server/node_modules" -name pty.node)
loader=$(basename "$(find "$target/lib" "$target/usr/lib" -name 'ld-linux*' | sort | head -n 1)")
# goss is a cgo binary, the addon a library: both pull in what they name, and so does every library.
provide() {
  patchelf --print-needed "$1" | while read -r name; do
    if [ -e "$root/lib/$name" ]; then continue; fi
    library=$(find "$target/lib" "$target/usr/lib" -name "$name" | sort | head -n 1)
    [ -n "$library" ] || { echo "$1 lacks its library $name" >&2; exit 1; }
    cp -L "$library" "$root/lib/$name"
    chmod 0644 "$root/lib/$name"
    provide "$root/lib/$name" || exit 1
  done
}
for file in "$root/bin/dash" "$root/bin/node" "$root/bin/setpriv" "$root/bin/flock" "$root/bin/goss" "$addon"; do
  provide "$file"
done
[ -e "$root/lib/$loader" ] || cp -L "$(find "$target/lib" "$target/usr/lib" -name "$loader" | sort | head -n 1)" "$root/lib/$loader"
chmod 0755 "$root/lib/$loader"

for file in dash node setpriv flock goss; do
  patchelf --set-interpreter "/opt/atelier/lib/$loader" --set-rpath '/opt/atelier/lib' "$root/bin/$file"
done
# RUNPATH is not inherited by dlopen, nor by libraries: each needs its own. glibc's own files stay as they are.
patchelf --set-rpath /opt/atelier/lib "$addon"
for library in "$root"/lib/libstdc++* "$root"/lib/libgcc_s* "$root"/lib/libcap-ng* "$root"/lib/libatomic*; do
  [ -e "$library" ] && patchelf --set-rpath /opt/atelier/lib "$library"
done

for folder in /lib/terminfo /usr/share/terminfo; do
  for pattern in ansi dumb linux 'rxvt*' 'screen*' 'tmux*' vt100 vt102 vt220 'xterm*' 'alacritty*' 'foot*' 'konsole*' 'vte*'; do
    first=$(printf '%s' "$pattern" | cut -c1)
    for entry in "$folder/$first"/$pattern; do
      [ -f "$entry" ] || continue
      mkdir -p "$root/share/terminfo/$first"
      cp -L "$entry" "$root/share/terminfo/$first/"
    done
  done
done

version_of() { dpkg-deb -f "$(find /tmp/packages -name "$1_*.deb")" Version; }
cat >"$root/platform.json" <<END
{
  "v": 1,
  "contract": $CONTRACT,
  "platform": "$PLATFORM",
  "versions": {
    "node": "$NODE_VERSION",
    "node-pty": "$NODE_PTY_VERSION",
    "goss": "$goss_package",
    "tini": "$(version_of tini)",
    "util-linux": "$(version_of util-linux)",
    "dash": "$(version_of dash)",
    "glibc": "$(version_of libc6)",
    "ca-certificates": "$(dpkg-query -W -f='${Version}' ca-certificates)"
  }
}
END

# The proof that nothing outside is needed: a root with only this in it. It takes the target's processor.
if [ "$ARCH" = "$(dpkg --print-architecture)" ]; then
  mkdir -p /out/tmp
  for check in "node --version" "goss help" "setpriv --version" "flock --version" "tini --version" "dash -c :"; do
    # shellcheck disable=SC2086 # words, not one word
    chroot /out /opt/atelier/bin/$check >/dev/null || { echo "$check does not run by itself" >&2; exit 1; }
  done
  chroot /out /opt/atelier/bin/node -e 'require("/opt/atelier/server/node_modules/@lydell/node-pty")'
  rmdir /out/tmp
fi

chown -R 0:0 "$root"
chmod -R go-w "$root"
find "$root" -exec touch -h -d @0 {} +
touch -d @0 /out/opt
cat "$root/platform.json"
