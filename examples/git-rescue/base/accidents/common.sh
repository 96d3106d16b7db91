#!/bin/sh
# Shared by the scripts that stage the accidents.
set -eu
export GIT_AUTHOR_NAME="Rosa" GIT_AUTHOR_EMAIL="rosa@example.org"
export GIT_COMMITTER_NAME="Rosa" GIT_COMMITTER_EMAIL="rosa@example.org"
git config --global --get user.name >/dev/null || {
  git config --global user.name "Student"
  git config --global user.email "student@example.org"
  git config --global init.defaultBranch main
  git config --global advice.detachedHead false
}
commit() { # $1 day of May, $2 message; fixed times make the same commit ids everywhere
  GIT_AUTHOR_DATE="2026-05-$1T09:00:00Z" GIT_COMMITTER_DATE="2026-05-$1T09:00:00Z" git commit -qm "$2"
}
