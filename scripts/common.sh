# Helpers of the commands at the root. Sourced, never run.
# shellcheck shell=bash

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
config=Release
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# Names the line that installs what is missing; never installs a toolchain by itself.
need_tools() {
  local version
  command -v dotnet >/dev/null 2>&1 ||
    fail "The .NET 10 SDK is missing. With Microsoft's package list set up: apt-get install dotnet-sdk-10.0   (else see https://dotnet.microsoft.com/download/dotnet/10.0)"
  version="$(cd "$root" && dotnet --version 2>/dev/null)" || version="none"
  [[ "$version" == 10.* ]] ||
    fail "The .NET SDK here is $version, 10.0 is needed: apt-get install dotnet-sdk-10.0   (else see https://dotnet.microsoft.com/download/dotnet/10.0)"
  if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    fail "Node is missing (styles and charts are built with it): apt-get install nodejs npm"
  fi
  (($(node -p 'process.versions.node.split(".")[0]') >= 18)) ||
    fail "Node here is $(node --version), 18 or newer is needed: apt-get install nodejs npm"
}

# need_debian PACKAGE TEST…: installs a Debian package when the test fails and this is root; else says the line.
need_debian() {
  local package="$1"
  shift
  "$@" >/dev/null 2>&1 && return 0
  if [[ "$(id -u)" != 0 ]] || ! command -v apt-get >/dev/null 2>&1; then
    fail "$package is missing: apt-get install $package"
  fi
  say "installing $package"
  if [[ -z "${apt_updated:-}" ]]; then
    apt-get update -qq >&2
    apt_updated=yes
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" </dev/null >&2
}

postgres_bin() {
  local newest
  newest="$(find /usr/lib/postgresql -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)"
  [[ -n "$newest" ]] && dirname "$newest"
}

has_chinese_font() { [[ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]]; }
has_paper_font() { fc-list 2>/dev/null | grep -qi "wenquanyi micro hei"; }

need_postgres() { need_debian postgresql postgres_bin; }

need_browser() {
  need_debian chromium test -x /usr/bin/chromium
  need_debian fontconfig command -v fc-list
  need_debian fonts-noto-cjk has_chinese_font
}

# Papers as PDF (decision 0013).
need_papers() {
  need_debian weasyprint command -v weasyprint
  need_debian fontconfig command -v fc-list
  need_debian fonts-wqy-microhei has_paper_font
  need_debian fonts-noto-cjk has_chinese_font
}

# Builds the published program, only when something it is made of changed since the last time.
publish() {
  local out="$root/artifacts/huitou" stamp
  stamp="$(cd "$root" && {
    find src -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/node_modules/*' -not -path '*/wwwroot/lib/*' -print0
    find . -maxdepth 1 -type f \( -name 'Directory.*.props' -o -name 'Directory.*.targets' -o -name 'global.json' -o -name 'NuGet.config' \) -print0
  } | LC_ALL=C sort -z | (cd "$root" && xargs -0 sha256sum) | sha256sum | cut -d' ' -f1)"
  if [[ -x "$out/Huitou" && "$(cat "$root/artifacts/huitou.stamp" 2>/dev/null)" == "$stamp" ]]; then return 0; fi
  say "building (only the first time and after a change) …"
  rm -rf "$out" "$root/artifacts/huitou.stamp"
  mkdir -p "$root/artifacts"
  if ! dotnet publish "$root/src/Huitou" -c "$config" -p:HuitouPublish=true -o "$out" -v quiet -nologo >"$root/artifacts/publish.log" 2>&1 </dev/null; then
    cat "$root/artifacts/publish.log" >&2
    fail "the build failed (the whole log: artifacts/publish.log)"
  fi
  echo "$stamp" >"$root/artifacts/huitou.stamp"
}

# step NAME COMMAND…: runs it, notes how long it took, stops the script when it fails.
timings=()
step() {
  local name="$1" begun=$SECONDS code=0
  shift
  say "── $name"
  "$@" || code=$?
  timings+=("$(printf '%5d s  %s' $((SECONDS - begun)) "$name")")
  return "$code"
}

timing_report() {
  say "── time"
  printf '%s\n' "${timings[@]}" >&2
}
