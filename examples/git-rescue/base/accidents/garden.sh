#!/bin/sh
# A repository in which somebody deleted a branch that was never merged.
. /usr/local/share/git-rescue/common.sh
[ -e ~/garden ] && exit 0
git init -q ~/garden && cd ~/garden
printf 'tulips\n' > beds.txt
git add . && commit 01 "Plant tulips"
git switch -qc herbs
printf 'thyme\n' > herbs.txt
git add . && commit 02 "Plant thyme"
printf 'sage\n' >> herbs.txt
git add . && commit 03 "Plant sage"
git switch -q main
git branch -qD herbs
printf 'roses\n' >> beds.txt
git add . && commit 04 "Plant roses"
