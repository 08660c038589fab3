#!/usr/bin/env bash
# Installs the Debian package of a release into a fresh system of its own, and uses it as somebody would who has just installed it.
# Needs root, mmdebstrap and a mirror of Debian. The last line is 'The release works.'
set -euo pipefail

(($# == 1)) || { printf 'Usage: packaging/try-release.sh FOLDER\nFOLDER is what packaging/release.sh has filled.\n' >&2; exit 2; }
die() { printf 'try-release: %s\n' "$@" >&2; exit 1; }
say() { printf '\n== %s\n' "$*"; }

folder=$(cd -- "$1" && pwd)
architecture=$(dpkg --print-architecture)
for package in "$folder"/almagest_*_"$architecture".deb; do :; done
[[ -f $package ]] || die "there is no package for $architecture in $folder"
[[ $(id -u) == 0 ]] || die 'a system of its own is made by root alone'
command -v mmdebstrap >/dev/null || die 'mmdebstrap is needed: apt-get install -y mmdebstrap'
(cd -- "$folder" && sha256sum --check --quiet SHA256SUMS) || die 'the files are not those of SHA256SUMS'

# In namespaces of its own: whatever it mounts and starts ends with it.
if [[ -z ${ALMAGEST_TRY_INSIDE:-} ]]; then
  system=$(mktemp -d)
  trap 'rm -rf --one-file-system -- "$system"' EXIT
  chmod 755 "$system"
  ALMAGEST_TRY_INSIDE=$system unshare --mount --pid --fork --kill-child "$0" "$folder"
  exit
fi
system=$ALMAGEST_TRY_INSIDE

# shellcheck disable=SC2016 # what is between single quotes is expanded inside
say 'A fresh system'
options=()
# How packages are reached is a matter of this machine: its proxies and the like.
for setting in $(grep -lsE '^[[:space:]]*Acquire::(http|https|Retries|Check-Valid-Until|AllowInsecureRepositories)' /etc/apt/apt.conf.d/*); do
  options+=("--aptopt=$setting")
done
mmdebstrap --quiet --variant=minbase "${options[@]}" bookworm "$system"
for setting in "${options[@]#--aptopt=}"; do cp -- "$setting" "$system/etc/apt/apt.conf.d/"; done
cp -- /etc/resolv.conf "$system/etc/resolv.conf" 2>/dev/null || true
mount -t proc proc "$system/proc"
mount --rbind /dev "$system/dev"
printf '#!/bin/sh\nexit 101\n' >"$system/usr/sbin/policy-rc.d"
chmod 755 "$system/usr/sbin/policy-rc.d"
mkdir -p "$system/etc/postgresql-common/createcluster.d"
echo 'create_main_cluster = false' >"$system/etc/postgresql-common/createcluster.d/none.conf"
cp -- "$package" "$system/tmp/almagest.deb"
inside() { chroot "$system" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
  DEBIAN_FRONTEND=noninteractive "$@"; }
# A person, on a terminal without colours.
person() { chroot "$system" /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 setpriv --reuid=1000 --regid=1000 --clear-groups \
  /usr/bin/env HOME=/home/maria USER=maria "$@"; }

say 'Installing the package'
inside apt-get update -q
# Its recommendations: PostgreSQL is one.
inside apt-get install -y -q -o APT::Install-Recommends=true /tmp/almagest.deb bash-completion
inside useradd --create-home --uid 1000 maria
[[ $(inside dpkg-query -W -f='${db:Status-Status}' almagest) == installed ]] || die 'it is not installed'
inside getent passwd almagest >/dev/null || die 'the account of the server is missing'
for file in /usr/bin/almagest /usr/share/man/man1/almagest.1.gz /usr/share/bash-completion/completions/almagest \
  /usr/share/zsh/vendor-completions/_almagest /usr/share/fish/vendor_completions.d/almagest.fish \
  /usr/lib/systemd/system/almagest.service /usr/lib/systemd/system/almagest-worker.service /etc/almagest/config.toml /usr/share/doc/almagest/copyright; do
  # Documentation may be left out by the settings of the system.
  [[ -e $system$file || $file == /usr/share/man/* || $file == /usr/share/doc/* ]] || die "$file is missing"
done

say 'Using it'
person almagest --version
person almagest simulate --stars 2000 --seed 5 -o /home/maria/sky.csv
person almagest ingest /home/maria/sky.csv
person almagest discover anomalies --contamination 0.02
person almagest discover clusters
began=$(date +%s%N)
person almagest runs list
printf 'A further command took %d ms.\n' $((($(date +%s%N) - began) / 1000000))
run=$(person almagest runs list --type cluster --json | sed -n 's/.*"run_id": "\([0-9a-f-]*\)".*/\1/p' | head -n 1)
# Charts need the native part.
person almagest plot run "$run" -o /home/maria/run.png
[[ $(od -An -tx1 -N4 "$system/home/maria/run.png" | tr -d ' ') == 89504e47 ]] || die 'the chart is not a PNG'
person almagest views verify
person almagest config show
[[ $(person bash -c '. /usr/share/bash-completion/completions/almagest; COMP_WORDS=(almagest ru) COMP_CWORD=1; _almagest; echo "${COMPREPLY[*]}"') == runs ]] \
  || die 'completion does not complete'
person almagest ledger export /home/maria/sky.ledger
person almagest db stop
person env ALMAGEST_HOME=/home/maria/other almagest ledger import /home/maria/sky.ledger
# A mistake in the settings of the machine is said.
echo 'prot = 1' >>"$system/etc/almagest/config.toml"
said=$(person almagest runs list 2>&1) && die 'a wrong setting is not refused'
[[ $said == *'/etc/almagest/config.toml, line '*'there is no setting serve.prot'* ]] || die "a wrong setting is not noticed: $said"

say 'Serving'
inside sed -i '$d' /etc/almagest/config.toml
chroot "$system" /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 setpriv --reuid=1000 --regid=1000 --clear-groups \
  /usr/bin/env HOME=/home/maria almagest serve --port 0 --json >"$system/tmp/serve.json" &
server=$!
for ((tries = 0; tries < 300; tries++)); do
  address=$(sed -n 's/.*"url": "\(.*\)".*/\1/p' "$system/tmp/serve.json")
  [[ -z $address ]] || break
  sleep 0.2
done
[[ -n ${address:-} ]] || die 'the server does not start'
# Without a client in the new system: bash's own connections.
port=${address%/}
exec 3<>"/dev/tcp/127.0.0.1/${port##*:}"
printf 'GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&3
grep -q '200 OK' <&3 || die 'the server does not answer'
exec 3>&-
kill -TERM "$server"
wait "$server" || die "the server ended with code $?"

say 'Removing it'
inside apt-get purge -y -q almagest
[[ ! -e $system/usr/bin/almagest && ! -e $system/etc/almagest/config.toml ]] || die 'it is not removed'
[[ -d $system/home/maria/.local/share/almagest ]] || die 'a ledger was removed with it'
printf '\nThe release works.\n'
