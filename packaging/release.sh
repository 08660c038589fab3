#!/usr/bin/env bash
# Builds what is released, into a folder: for each platform one self-contained program in an archive, and a Debian package; the .NET tool;
# checksums of all. The version is that of the tag v1.2.3 on this commit; without one it is a version before the next: 0.1.0-dev.1234.
set -euo pipefail

usage() {
  cat <<'END'
Usage: packaging/release.sh [OPTION]...

  --out FOLDER       where to (default: artifacts/release)
  --platform RID     linux-x64 or linux-arm64; may be repeated (default: both)
  --version VERSION  instead of the tag's
  --without-tool     leave the .NET tool out
  -h, --help         this text

It needs the .NET 10 SDK, dpkg-deb, gzip, tar and sha256sum, and takes ten minutes. Completion and manual are written by the program for the
platform of this machine, which is therefore always among those that are built.
END
}

die() { printf 'release: %s\n' "$@" >&2; exit 1; }
say() { printf '\n== %s\n' "$*"; }

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
out=$root/artifacts/release version='' tool=1 platforms=()
while (($# > 0)); do
  case $1 in
    --out) out=${2:?--out needs a folder}; shift ;;
    --platform) platforms+=("${2:?--platform needs linux-x64 or linux-arm64}"); shift ;;
    --version) version=${2:?--version needs a version}; shift ;;
    --without-tool) tool='' ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; die "there is no option $1" ;;
  esac
  shift
done
((${#platforms[@]} > 0)) || platforms=(linux-x64 linux-arm64)

case $(uname -m) in
  x86_64) here=linux-x64 ;;
  aarch64) here=linux-arm64 ;;
  *) die "releases are made on x86-64 or ARM64, not on $(uname -m)" ;;
esac
# Debian's name of a platform, and the machine in the header of its programs (ELF, e_machine).
declare -A architecture=([linux-x64]=amd64 [linux-arm64]=arm64) machine=([linux-x64]=3e00 [linux-arm64]=b700)
for platform in "${platforms[@]}"; do
  [[ -n ${architecture[$platform]:-} ]] || die "there is no platform $platform: choose linux-x64 or linux-arm64"
done
[[ " ${platforms[*]} " == *" $here "* ]] || platforms=("$here" "${platforms[@]}")
for program in dotnet dpkg-deb gzip tar sha256sum od; do
  command -v "$program" >/dev/null || die "$program is needed and is not in PATH"
done

next=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$root/Directory.Build.props" | head -n 1)
if [[ -z $version ]]; then
  if tag=$(git -C "$root" describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null); then
    version=${tag#v}
  else
    version=$next-dev.$(git -C "$root" rev-list --count HEAD)
    printf 'release: this commit has no tag like v%s: the version is %s\n' "$next" "$version" >&2
  fi
fi
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || die "'$version' is not a version like 1.2.3 or 1.2.3-rc.1"
# For Debian what comes before a release is sorted before it by a tilde.
debian=${version/-/\~}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# Files have the time of the commit: the same commit gives the same archives.
epoch=$(git -C "$root" log -1 --format=%ct)

publish() {
  local platform=$1 folder=$work/$1 log=$work/$1.log magic
  say "The program for $platform"
  # In one file with the runtime, and with its native part, which is unpacked at the first start; compiled ahead, so that it starts soon;
  # not trimmed. Symbols are in it, so that an error names its line.
  if ! dotnet publish "$root/src/Almagest.Cli/Almagest.Cli.csproj" -c Release -r "$platform" --self-contained -o "$folder" \
    --artifacts-path "$work/build" -nodeReuse:false -p:Version="$version" -p:PublishSingleFile=true -p:PublishReadyToRun=true \
    -p:PublishReadyToRunComposite=false \
    -p:IncludeNativeLibrariesForSelfExtract=true -p:PublishTrimmed=false -p:DebugType=embedded -p:RunAnalyzers=false \
    -p:GenerateDocumentationFile=false -p:IncludeSourceRevisionInInformationalVersion=false -p:TieredPGO=false >"$log" 2>&1; then
    tail -n 20 -- "$log" >&2
    if grep -Eq "NU110[123].*(Microsoft\.(NETCore|AspNetCore)\.App\.(Runtime|Host|Crossgen2))|NETSDK1(094|112|127).*" "$log"; then
      die "the runtime of .NET for $platform cannot be restored here: the package registry in use does not have it." \
        "Packages of the names Microsoft.NETCore.App.Runtime.$platform, Microsoft.AspNetCore.App.Runtime.$platform and" \
        "Microsoft.NETCore.App.Crossgen2.* of the SDK's version are needed."
    fi
    die "the program for $platform cannot be built; the end of its log is above"
  fi
  [[ $(ls -A -- "$folder") == almagest ]] || die "there is more beside the program than the program:" "$(ls -A -- "$folder")"
  magic=$(od -An -tx1 -j0 -N4 "$folder/almagest" | tr -d ' \n')$(od -An -tx1 -j18 -N2 "$folder/almagest" | tr -d ' \n')
  [[ $magic == "7f454c46${machine[$platform]}" ]] || die "the program for $platform is not one: its header is $magic"
}

# What is of the tree of commands, not of the platform.
write_texts() {
  local program=$work/$here/almagest shell
  mkdir -p -- "$work/texts"
  export DOTNET_BUNDLE_EXTRACT_BASE_DIR=$work/extracted
  for shell in bash zsh fish man; do
    "$program" completion "$shell" >"$work/texts/almagest.$shell"
  done
  [[ $("$program" --version) == "almagest ${version%%-*}" ]] || die "the program says it is $("$program" --version), not $version"
}

archive() {
  local platform=$1 name=almagest-$version-$1
  local folder=$work/archive/$name
  mkdir -p -- "$folder/completion" "$folder/man"
  cp -- "$work/$platform/almagest" "$root/LICENSE" "$root/README.md" "$root/CHANGELOG.md" "$root/packaging/almagest.service" \
    "$root/packaging/almagest-worker.service" "$root/packaging/config.toml" "$folder/"
  cp -- "$work"/texts/almagest.{bash,zsh,fish} "$folder/completion/"
  cp -- "$work/texts/almagest.man" "$folder/man/almagest.1"
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$work/archive" -c "$name" | gzip -n >"$out/$name.tar.gz"
}

package() {
  local platform=$1 arch=${architecture[$1]} folder=$work/package-$1
  local doc=$folder/usr/share/doc/almagest script
  install -D -m 755 "$work/$platform/almagest" "$folder/usr/bin/almagest"
  install -D -m 644 "$work/texts/almagest.man" "$folder/usr/share/man/man1/almagest.1"
  gzip -9n "$folder/usr/share/man/man1/almagest.1"
  install -D -m 644 "$work/texts/almagest.bash" "$folder/usr/share/bash-completion/completions/almagest"
  install -D -m 644 "$work/texts/almagest.zsh" "$folder/usr/share/zsh/vendor-completions/_almagest"
  install -D -m 644 "$work/texts/almagest.fish" "$folder/usr/share/fish/vendor_completions.d/almagest.fish"
  install -D -m 644 "$root/packaging/almagest.service" "$folder/usr/lib/systemd/system/almagest.service"
  install -D -m 644 "$root/packaging/almagest-worker.service" "$folder/usr/lib/systemd/system/almagest-worker.service"
  install -D -m 644 "$root/packaging/config.toml" "$folder/etc/almagest/config.toml"
  install -D -m 644 "$root/LICENSE" "$doc/copyright"
  install -D -m 644 "$root/CHANGELOG.md" "$doc/changelog"
  gzip -9n "$doc/changelog"
  mkdir -p -- "$folder/DEBIAN"
  for script in postinst prerm postrm; do
    install -m 755 "$root/packaging/debian/$script" "$folder/DEBIAN/$script"
  done
  printf '/etc/almagest/config.toml\n' >"$folder/DEBIAN/conffiles"
  sed -e "s/@VERSION@/$debian/; s/@ARCHITECTURE@/$arch/; s/@SIZE@/$(du -sk -- "$folder" | cut -f 1)/" \
    "$root/packaging/debian/control" >"$folder/DEBIAN/control"
  (cd -- "$folder" && find etc usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
  find "$folder" -type d -exec chmod 755 {} +
  SOURCE_DATE_EPOCH=$epoch dpkg-deb --root-owner-group -Zxz -z1 --build "$folder" "$out/almagest_${debian}_$arch.deb" >/dev/null
}

mkdir -p -- "$out"
out=$(cd -- "$out" && pwd)
rm -f -- "$out"/almagest[-_.]* "$out/SHA256SUMS"
for platform in "${platforms[@]}"; do publish "$platform"; done
say 'Completion and manual'
write_texts
for platform in "${platforms[@]}"; do
  say "Archive and Debian package for $platform"
  archive "$platform"
  package "$platform"
done
if [[ -n $tool ]]; then
  say 'The .NET tool'
  dotnet pack "$root/src/Almagest.Cli/Almagest.Cli.csproj" -c Release -o "$work/tool" --artifacts-path "$work/build" -nodeReuse:false \
    -p:Version="$version" -p:RunAnalyzers=false -p:IncludeSourceRevisionInInformationalVersion=false >"$work/tool.log" 2>&1 \
    || { tail -n 20 -- "$work/tool.log" >&2; die 'the tool cannot be packed; the end of its log is above'; }
  cp -- "$work"/tool/*.nupkg "$work"/tool/*.snupkg "$out/"
fi
(cd -- "$out" && sha256sum -- almagest* >SHA256SUMS)
say "In $out"
cat -- "$out/SHA256SUMS"
