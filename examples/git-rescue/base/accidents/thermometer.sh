#!/bin/sh
# A repository in which one of sixteen commits broke a program.
. /usr/local/share/git-rescue/common.sh
[ -e ~/thermometer ] && exit 0
git init -q ~/thermometer && cd ~/thermometer
write() { # $1 offset, $2 revision
  printf '#!/bin/sh\n# revision %s\n# Fahrenheit from Celsius\necho $(( $1 * 9 / 5 + %s ))\n' "$2" "$1" > convert
  chmod +x convert
}
cat > test.sh <<'END'
#!/bin/sh
# Exits with 0 when the thermometer is right.
[ "$(./convert 100)" = 212 ]
END
chmod +x test.sh
for number in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16; do
  [ "$number" -lt 11 ] && offset=32 || offset=23
  write "$offset" "$number"
  git add . && commit "$number" "Revision $number"
done
