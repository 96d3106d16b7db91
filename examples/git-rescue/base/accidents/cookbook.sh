#!/bin/sh
# A repository whose last commit should not have been made.
. /usr/local/share/git-rescue/common.sh
[ -e ~/cookbook ] && exit 0
git init -q ~/cookbook && cd ~/cookbook
printf '# Soups\n\n- leek and potato\n' > soups.md
git add . && commit 01 "Begin with soups"
printf -- '- pumpkin\n' >> soups.md
git add . && commit 02 "Add pumpkin soup"
printf 'the-password-is-basil\n' > secret.txt
printf -- '- tomato\n' >> soups.md
git add . && commit 03 "Add tomato soup"
