#!/bin/sh
# A repository in which two people changed the same line.
. /usr/local/share/git-rescue/common.sh
[ -e ~/menu ] && exit 0
git init -q ~/menu && cd ~/menu
printf 'starter: salad\nmain: pasta\ndessert: cake\n' > menu.txt
git add . && commit 01 "First menu"
git switch -qc summer
printf 'starter: salad\nmain: grilled fish\ndessert: ice cream\n' > menu.txt
git add . && commit 02 "Summer menu"
git switch -q main
printf 'starter: salad\nmain: mushroom risotto\ndessert: cake\n' > menu.txt
git add . && commit 03 "Risotto is back"
