#!/bin/bash
# The agent of CAPHR on a server that runs the rescue system.
#
#   bash agent VERB <request.json >answer.json
#
# It reads one JSON object and answers with one JSON object. Exit status: 0 done, 3 refused (the answer says why), anything else is a bug.
# Every verb may be repeated. What takes long (writing an image) runs detached and keeps its own record under $run.
#
# CAPHR_RUN and CAPHR_ROOT exist for tests; sshd passes no environment on unless it is told to.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
umask 077

readonly self=$0 run=${CAPHR_RUN:-/run/caphr} root=${CAPHR_ROOT:-}
readonly installimage=/root/.oldroot/nfs/install/installimage
readonly refused_status=3
request='{}'

# ---------------------------------------------------------------- words

# refuse CODE DETAIL [EVIDENCE…]
refuse() {
  local code=$1 detail=$2
  shift 2
  jq -cn --arg refused "$code" --arg detail "$detail" '{$refused, $detail, evidence: $ARGS.positional}' --args -- "$@"
  exit "$refused_status"
}

# ask FILTER: a part of the request, empty where it is missing.
ask() { jq -r "$1 // empty" <<<"$request"; }

lines_to_json() { jq -Rn '[inputs | select(length > 0)]'; }

# lines ARRAY TEXT. Commands are run in an assignment of their own first and split here: in "< <(command)", "<<<$(command)", "for x in
# $(command)", "[[ $(command) ]]", another command's arguments and before a second assignment, the shell does not notice that they failed.
lines() {
  local -n into=$1
  into=()
  # shellcheck disable=SC2034 # what it refers to is used by the caller
  if [[ -n $2 ]]; then mapfile -t into <<<"$2"; fi
}

# ---------------------------------------------------------------- where are we

host_name() { cat "$root/proc/sys/kernel/hostname"; }

markers() {
  if [[ $(host_name) == rescue ]]; then echo hostname; fi
  if [[ -e $root/etc/hetzner-build ]]; then echo hetzner-build; fi
  if [[ -x $root$installimage ]]; then echo installimage; fi
  case $(findmnt -no FSTYPE "$root/" || true) in
    tmpfs | overlay | ramfs | rootfs) echo memory-root ;;
  esac
}

macs() { cat "$root"/sys/class/net/*/address | grep -Ev '^(00:00:00:00:00:00)?$' | sort -u || true; }

# The card that booted from the network names itself on the kernel's command line: BOOTIF=01-aa-bb-cc-dd-ee-ff.
boot_mac() { sed -n 's/.*BOOTIF=01-\([0-9a-fA-F-]\{17\}\).*/\1/p' "$root/proc/cmdline" | tr 'A-F-' 'a-f:'; }

system_uuid() { tr 'A-F' 'a-f' <"$root/sys/class/dmi/id/product_uuid"; }

# An installed system can share one marker with the rescue system (a container with an overlay root, a server named rescue), but not two.
require_rescue() {
  local seen
  lines seen "$(markers)"
  ((${#seen[@]} >= 2)) || refuse NotRescue "Fewer than two markers of the rescue system were seen." "${seen[@]}" "host name $(host_name)"
}

require_identity() {
  local mac uuid cards seen_uuid
  local -a seen
  mac=$(ask .identity.primaryMac)
  uuid=$(ask .identity.systemUuid)
  [[ -n $mac$uuid ]] || refuse BadRequest "The request does not say which server it is meant for."
  cards=$(boot_mac; macs)
  if [[ -n $mac ]] && ! grep -qixF -- "$mac" <<<"$cards"; then
    lines seen "$cards"
    refuse WrongIdentity "This server has no network card with the address $mac." "${seen[@]}"
  fi
  if [[ -n $uuid ]]; then
    seen_uuid=$(system_uuid)
    [[ ${uuid,,} == "$seen_uuid" ]] || refuse WrongIdentity "This server's system UUID is not $uuid." "$seen_uuid"
  fi
}

prove() {
  require_rescue
  jq -cn --arg hostName "$(host_name)" --arg bootMac "$(boot_mac)" --arg systemUuid "$(system_uuid)" \
    --arg bootId "$(cat "$root/proc/sys/kernel/random/boot_id")" \
    --argjson markers "$(markers | lines_to_json)" --argjson macs "$(macs | lines_to_json)" \
    '{$hostName, $markers, bootMac: (if $bootMac == "" then null else $bootMac end), $macs, $systemUuid, $bootId}'
}

# ---------------------------------------------------------------- disks

# Everything that probing recognises on the given devices, read from the devices and not from udev's memory of them.
signatures_of() { wipefs --no-act --json -- "$@" | jq -r '.signatures[]?.type' | sort -u; }

# table DEVICE: its partitions as they are written on the disk, for kernel and udev may remember another table, or none.
table() {
  { sfdisk --json "$1" 2>/dev/null || echo '{}'; } |
    jq -c '.partitiontable // {} | (.sectorsize // 512) as $sector | [.partitions[]? | {path: .node, start: (.start * $sector), size: (.size * $sector),
      name: (.name // "" | gsub("[[:cntrl:]]"; "?")), uuid: (.uuid // "" | ascii_downcase), type: (.type // "" | ascii_downcase)}]'
}

# with_table DISK_JSON: adds .table, the labels that are written in it, and .unseen, the partitions that the kernel has no device for.
with_table() {
  local written
  written=$(table "$(jq -r .path <<<"$1")")
  jq -c --argjson table "$written" '[.. | objects | .path // empty] as $seen
    | walk(if type == "object" and has("path") then .path as $path | .partlabel = (([$table[] | select(.path == $path).name | select(. != "")] | first) // .partlabel) else . end)
    | .table = $table | .unseen = [$table[] | select(.path as $path | any($seen[]; . == $path) | not)]' <<<"$1"
}

# Whole disks as lsblk tells them; without the rescue system's own (loop, zram, optical) and without card readers' empty slots.
list_disks() {
  local found disk
  local -a all
  udevadm settle --timeout=10 || true
  found=$(lsblk --json --bytes --output NAME,PATH,TYPE,TRAN,WWN,SERIAL,MODEL,SIZE,ROTA,PARTLABEL,MOUNTPOINT |
    jq -c 'def text: if . == null then null else gsub("^\\s+|\\s+$"; "") | if . == "" then null else . end end;
      .blockdevices[] | select(.type == "disk" and .size > 0 and (.name | test("^(zram|ram|loop|fd|sr)") | not))
      | .wwn |= text | .serial |= text | .model |= text')
  lines all "$found"
  for disk in "${all[@]}"; do with_table "$disk"; done
}

# by_id PATH: the names that udev gave a disk.
by_id() {
  local link
  for link in "$root"/dev/disk/by-id/*; do
    if [[ -e $link && $(readlink -f "$link") == "$1" ]]; then basename "$link"; fi
  done
}

# devices DISK_JSON: the disk and everything on it that the kernel knows, innermost last.
devices() { jq -r 'del(.table, .unseen) | .. | objects | select(has("path")) | .path' <<<"$1"; }

# health DEVICE TRANSPORT: what the disk says of itself. Its status bits make smartctl's exit status, and a disk that hangs is not waited for. Flash behind
# SATA or SAS tells how much of it is used up only to newer releases of smartctl. Where there is none, NVMe has a tool of its own, which counts in kelvin.
health() {
  local told
  told=$({ timeout 15 smartctl --json --health --attributes "$1" 2>/dev/null || true; } |
    jq -cRs 'def number: if type == "number" then floor else null end;
      try fromjson catch {} | if type != "object" or (.smart_status.passed | type) != "boolean" then null else {passed: .smart_status.passed, powerOnHours: (.power_on_time.hours | number),
      temperatureCelsius: (.temperature.current | number), percentageUsed: ((.nvme_smart_health_information_log.percentage_used // .endurance_used.current_percent) | number)} end' || echo null)
  if [[ $told == null && $2 == nvme ]]; then
    told=$({ timeout 15 nvme smart-log --output-format=json "$1" 2>/dev/null || true; } |
      jq -cRs 'def number: if type == "number" then floor else null end;
        try fromjson catch {} | if type != "object" or (.critical_warning | type) != "number" then null else {passed: (.critical_warning == 0), powerOnHours: (.power_on_hours | number),
        temperatureCelsius: ((.temperature | number) as $kelvin | if $kelvin == null then null else $kelvin - 273 end), percentageUsed: ((.percentage_used // .percent_used) | number)} end' || echo null)
  fi
  echo "${told:-null}"
}

describe_disk() {
  local disk=$1 path transport found
  local -a parts
  path=$(jq -r .path <<<"$disk")
  transport=$(jq -r '.tran // empty' <<<"$disk")
  found=$(devices "$disk")
  lines parts "$found"
  # A disk that cannot be read may hold anything, and does not keep its neighbours from being described.
  found=$(signatures_of "${parts[@]}") || found=unreadable
  jq -c --argjson byId "$(by_id "$path" | lines_to_json)" --argjson signatures "$(lines_to_json <<<"$found")" --argjson health "$(health "$path" "$transport")" \
    '{name, transport: .tran, wwn, serial, model, sizeBytes: .size, rotational: .rota, $byId, $signatures,
      partitionLabels: [.children[]?.partlabel, .unseen[].name | select(. != null and . != "")], $health}' <<<"$disk"
}

# cards: the network cards that are hardware. One without a link tells its speed as an error or as -1.
cards() {
  local card speed driver
  for card in "$root"/sys/class/net/*; do
    [[ -e $card/device ]] || continue
    speed=$(cat "$card/speed" 2>/dev/null || true)
    driver=$(readlink "$card/device/driver" || true)
    jq -cn --arg name "${card##*/}" --arg mac "$(<"$card/address")" --arg pci "$(basename "$(readlink -f "$card/device")")" --arg driver "${driver##*/}" \
      --arg speed "$speed" '{$name, $mac, $pci, driver: (if $driver == "" then null else $driver end), speedMbit: ($speed | tonumber? // -1 | if . > 0 then . else null end)}'
  done
}

# architecture: in Kubernetes' words, where it has one.
architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
  esac
}

# board WHAT: what the mainboard's maker wrote into it; many leave a word of their form standing, which names no board.
board() { { tr -d '[:cntrl:]' <"$root/sys/class/dmi/id/board_$1" || true; } 2>/dev/null | sed -E 's/^ +| +$//g; s/^(To [Bb]e [Ff]illed.*|Default string|Not Specified|None|N\/A)$//'; }

inspect() {
  local found disk disks='' entries='[]'
  local -a all
  require_rescue
  if [[ $(firmware) == uefi ]]; then entries=$(boot_entries) || entries='[]'; fi
  found=$(list_disks)
  lines all "$found"
  for disk in "${all[@]}"; do disks+=$(describe_disk "$disk")$'\n'; done
  jq -cn --arg firmware "$(firmware)" --arg mac "$(boot_mac)" --argjson disks "$(jq -cs . <<<"$disks")" \
    --argjson networkCards "$(cards | jq -cs .)" --argjson bootEntries "$(jq -c 'map({id, name, active, kind})' <<<"$entries")" \
    --arg cpu "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" --argjson threads "$(nproc)" \
    --argjson memory "$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) * 1024))" \
    --arg architecture "$(architecture)" --arg boardName "$(board name)" --arg boardSerial "$(board serial)" \
    'def text: if . == "" then null else . end;
      {$firmware, primaryMac: ($mac | text), $architecture, boardName: ($boardName | text), boardSerial: ($boardSerial | text), cpuModel: $cpu, cpuThreads: $threads, memoryBytes: $memory,
      $disks, $networkCards, $bootEntries}'
}

# find_disk: the one disk that has every part of the identity asked for. Sets $disk (JSON) and $device (path).
find_disk() {
  local wwn serial id id_path='' all matching
  local -a found seen
  wwn=$(ask .disk.wwn)
  serial=$(ask .disk.serial)
  id=$(ask .disk.byId)
  [[ -n $wwn$serial$id ]] || refuse BadRequest "The request names no disk."
  if [[ -n $id ]]; then id_path=$(readlink -f "$root/dev/disk/by-id/$id" || true); fi
  all=$(list_disks)
  matching=$(jq -c --arg wwn "$wwn" --arg serial "$serial" --arg id "$id" --arg idPath "$id_path" \
    'select(($wwn == "" or .wwn == $wwn) and ($serial == "" or .serial == $serial) and ($id == "" or .path == $idPath))' <<<"$all")
  lines found "$matching"
  if ((${#found[@]} != 1)); then
    local code=DiskNotFound
    if ((${#found[@]} > 1)); then code=DiskAmbiguous; fi
    lines seen "$(jq -r '"\(.name) wwn=\(.wwn) serial=\(.serial)"' <<<"$all")"
    refuse "$code" "${#found[@]} disks match wwn=$wwn serial=$serial byId=$id." "${seen[@]}"
  fi
  disk=${found[0]} device=$(jq -r .path <<<"${found[0]}")
}

# foreign_on DEVICE TYPE LABEL OWNER: what there is on one device that is not its owner's, one thing on a line.
# A partition table alone is nobody's data. Talos is known by the labels of its partitions, and it keeps its data in plain or encrypted file
# systems: a Ceph, LVM or md label is somebody else's even there, and so is a partition of any other name, whatever it holds.
foreign_on() {
  local device=$1 type=$2 label=$3 owner=$4 found signature ours=no
  local -a signatures
  if [[ $owner == talos && $label =~ ^(EFI|BIOS|BOOT|META|STATE|EPHEMERAL|IMAGECACHE)$ ]]; then ours=yes; fi
  if [[ $type != disk && $ours == no ]]; then echo "$device $type $label"; fi
  found=$(signatures_of "$device")
  lines signatures "$found"
  for signature in "${signatures[@]}"; do
    case $signature in
      gpt | PMBR | dos) ;;
      ceph_bluestore | LVM2_member | linux_raid_member | zfs_member | drbd | bcache) echo "$device $signature" ;;
      *) if [[ $ours == no ]]; then echo "$device $signature"; fi ;;
    esac
  done
}

# BlueStore repeats its label at these distances from its beginning, and is found by them when the first is gone.
readonly -a bluestore_copies=(1 10 100 1000)

# stray_labels DEVICE [START SIZE]: the distances from there at which such a repetition stands, in bytes.
stray_labels() {
  local start=${2:-0} size=${3:-} at word
  if [[ -z $size ]]; then size=$(blockdev --getsize64 "$1"); fi
  for at in "${bluestore_copies[@]}"; do
    at=$((at << 30))
    ((at + 4096 <= size)) || return 0
    word=$(dd if="$1" bs=22 count=1 skip=$((start + at)) iflag=skip_bytes status=none | tr '\0' ' ')
    if [[ $word == 'bluestore block device' ]]; then echo "$at"; fi
  done
}

# show_partitions: has the kernel make devices of what is in the table, for what has no device cannot be probed.
show_partitions() {
  [[ $(jq -r '.unseen | length' <<<"$disk") != 0 ]] || return 0
  partx --update "$device" >&2 || true
  find_disk
}

# require_owner: what is on the disk belongs to whom the request says, or may go. Sets $signatures.
require_owner() {
  local owner found parts device=$device type label at
  local -a on_disk these copies foreign=()
  owner=$(ask .expectedOwner)
  show_partitions
  found=$(devices "$disk")
  lines on_disk "$found"
  found=$(signatures_of "${on_disk[@]}")
  lines signatures "$found"
  case $owner in
    anyone) return ;;
    nobody | talos) ;;
    *) refuse BadRequest "There is no owner $owner." ;;
  esac
  parts=$(jq -r 'del(.table, .unseen) | .. | objects | select(has("path")) | "\(.path) \(.type) \(.partlabel // "-")"' <<<"$disk")
  while read -r device type label; do
    found=$(foreign_on "$device" "$type" "$label" "$owner")
    lines these "$found"
    foreign+=("${these[@]}")
    found=$(stray_labels "$device")
    lines copies "$found"
    for at in "${copies[@]}"; do foreign+=("$device ceph_bluestore at $at"); done
  done <<<"$parts"
  found=$(jq -r '.unseen[] | "\(.path) part \(.name) that the kernel does not know"' <<<"$disk")
  lines these "$found"
  foreign+=("${these[@]}")
  ((${#foreign[@]} == 0)) || refuse ForeignData "The disk carries data that is not expected there." "${foreign[@]}"
}

# layers: what lies on the disk just now, innermost first, each with its type.
layers() { lsblk --json --output PATH,TYPE "$device" | jq -r '.. | objects | select(has("type")) | "\(.path) \(.type)"' | tac; }

# release_holders: lets go of what the rescue system assembled by itself from an old installation (md, LVM, LUKS).
release_holders() {
  local path type mounted before after
  mounted=$(jq -r '.. | objects | select(.mountpoint? // null != null) | "\(.path) on \(.mountpoint)"' <<<"$disk")
  [[ -z $mounted ]] || refuse DiskInUse "A file system of $device is mounted." "$mounted"
  before=$(layers)
  while read -r path type; do
    case $type in
      lvm | crypt | dm) dmsetup remove --retry "$path" >&2 || true ;;
      raid*) mdadm --stop "$path" >&2 || true ;;
    esac
  done <<<"$before"
  after=$(layers)
  after=$(grep -Ev ' (disk|part)$' <<<"$after" || true)
  [[ -z $after ]] || refuse DiskInUse "Something still holds $device." "$after"
}

# try_lock_disks: one change at a time. The lock is a file descriptor, which a detached writer inherits and which ends with it.
try_lock_disks() {
  mkdir -p "$run"
  exec 8>>"$run/disks.lock"
  flock -n 8
}

lock_disks() {
  try_lock_disks || refuse Busy "The disks of this server are being written." "$(cat "$run/writer" 2>/dev/null || true)"
}

# reread_table: the kernel's partitions become those that are written. One that is not known to its parsers is told it by partx.
reread_table() {
  blockdev --flushbufs "$device"
  blockdev --rereadpt "$device" 2>/dev/null || true
  partx --update "$device" 2>/dev/null || true
  udevadm settle --timeout=10 || true
}

# ---------------------------------------------------------------- detached work

# An attempt is a directory of its own, made under the lock: of many callers one starts it, and the others are told of it.
# Who works on it holds "$dir/alive" for as long as any part of it lives, and says its last word in "$dir/end".

# name_attempt KIND: sets $dir.
name_attempt() {
  local attempt
  attempt=$(ask .attempt)
  [[ $attempt =~ ^[A-Za-z0-9._-]{1,128}$ && $attempt != . && $attempt != .. ]] || refuse BadRequest "The attempt's name is not one."
  dir=$run/$1-$attempt
}

# begin_attempt KIND: finds the disk and takes the lock for an attempt that nobody began. Sets $fresh.
begin_attempt() {
  fresh=no
  name_attempt "$1"
  if [[ -d $dir ]]; then return; fi
  find_disk
  # Somebody else may ask for the same attempt at the same time, and be first.
  if ! try_lock_disks && [[ -d $dir ]]; then return; fi
  lock_disks
  if [[ ! -d $dir ]]; then fresh=yes; fi
}

# start_attempt VERB: to be called under the disks' lock.
start_attempt() {
  local new
  new=$(mktemp -d "$run/new.XXXXXX")
  printf '%s\n' "$request" >"$new/request"
  printf '%s\n' "$device" >"$new/device"
  printf '%s\n' "${signatures[@]}" | lines_to_json >"$new/removed"
  exec 9>"$new/alive"
  flock -n 9
  mv -T "$new" "$dir"
  ask .attempt >"$run/writer"
  setsid bash "$self" "$1" "$dir" </dev/null >"$dir/log" 2>&1 &
  exec 9>&- 8>&-
}

# resume_attempt: the writer's half of it.
resume_attempt() {
  dir=$1
  device=$(<"$1/device")
  request=$(<"$1/request")
}

# attempt_state: one object with .state and .error.
attempt_state() {
  if [[ ! -d $dir ]]; then
    echo '{"state":"absent","error":null}'
  elif ! flock -n "$dir/alive" true; then
    echo '{"state":"running","error":null}'
  elif [[ -e $dir/end ]]; then
    # Looked at after the lock, for the last act before letting go of it is to write the end.
    cat "$dir/end"
  else
    echo '{"state":"failed","error":{"code":"WriterDied","detail":"The writer ended without a word."}}'
  fi
}

# bytes_written: by the writer's own count at its end, before that by dd's position.
bytes_written() {
  local pid='' position=''
  if [[ -e $dir/written ]]; then
    position=$(<"$dir/written")
  elif [[ -e $dir/dd.pid ]] && pid=$(<"$dir/dd.pid") && [[ -n $pid ]]; then
    position=$(sed -n 's/^pos:[[:space:]]*//p' "/proc/$pid/fdinfo/1" 2>/dev/null || true)
  fi
  echo "${position:-0}"
}

# finish STATE [CODE DETAIL]: the writer's last word, renamed into place so that nobody reads half of it.
finish() {
  local state=$1 code=${2:-} detail=${3:-}
  jq -cn --arg state "$state" --arg code "$code" --arg detail "$detail" \
    '{$state, error: (if $code == "" then null else {$code, $detail} end)}' >"$dir/end.new"
  mv "$dir/end.new" "$dir/end"
  exit 0
}

# ---------------------------------------------------------------- install

install() {
  local size minimum
  require_rescue
  require_identity
  begin_attempt install
  if [[ $fresh == yes ]]; then
    require_owner
    size=$(jq -r .size <<<"$disk")
    minimum=$(ask .minimumBytes)
    if [[ -n $minimum ]] && ((size < minimum)); then refuse DiskTooSmall "The disk $device is smaller than the image." "$size < $minimum"; fi
    release_holders
    start_attempt write
  fi
  status
}

# status: what is known of an installation.
status() {
  local total=null sha=null
  if [[ -z ${dir:-} ]]; then name_attempt install; fi
  if [[ -s $dir/total ]]; then total=$(<"$dir/total"); fi
  if [[ -s $dir/sha256 ]]; then sha=\"$(cut -c 1-64 "$dir/sha256")\"; fi
  attempt_state |
    jq -c --argjson bytesWritten "$(bytes_written)" --argjson totalBytes "$total" --argjson sha256 "$sha" '{state, $bytesWritten, $totalBytes, error, $sha256}'
}

# fail CODE DETAIL: what is not wholly there must not boot, nor look like an installation to the next one who looks. Where nothing was
# written yet, nothing is lost either: a wrong URL does not cost the disk.
fail() {
  if [[ -s $dir/written && $(<"$dir/written") != 0 ]]; then erase_tables || true; fi
  finish failed "$1" "$2"
}

# erase_tables: the end too, for a table whose beginning is gone is read from its copy there.
erase_tables() {
  zero "$device" 0 $((4 << 20))
  zero_tail "$device" $((1 << 20))
  reread_table
}

last_words() { tail -n 2 "$1" | tr '\n' ' ' | cut -c 1-200; }

# header NAME: of the last answer, redirections left behind.
header() {
  awk -v name="$1:" '/^HTTP\// { value = "" } index(tolower($0), name) == 1 { sub(/^[^:]*:[ \t]*/, ""); sub(/[ \t\r]*$/, ""); value = $0 } END { print value }' \
    "$dir/headers"
}

# validator: what names this very version of the file, to be handed back with a request for the rest of it.
validator() {
  local tag
  tag=$(header etag)
  if [[ -n $tag && $tag != W/* ]]; then echo "$tag"; else header last-modified; fi
}

# fetch OFFSET: the file from there on. The URL goes by standard input: it may carry a token, and every process's arguments are public.
fetch() {
  local same='' headers=$dir/headers
  if (($1 > 0)); then same=$(validator) headers=$dir/headers.rest; fi
  jq -r --arg offset "$1" --arg same "$same" '"url = \(.url | tojson)", if $offset == "0" then empty
      else "continue-at = \($offset)", if $same == "" then empty else "header = \("If-Range: " + $same | tojson)" end end' "$dir/request" |
    curl --config - --fail --location --silent --show-error --connect-timeout 20 --speed-limit 10240 --speed-time 60 \
      --dump-header "$headers" --write-out '%{stderr}%{http_code} %{size_download}\n' 2>"$dir/curl.log"
}

# download: the whole file. A cut connection is taken up where it was cut, if the server still has the same file and gives parts of it;
# curl's own retries would begin again from the start, into a pipe that has already had the beginning.
download() {
  local offset=0 resumed=0 idle=0 status last code got
  while true; do
    status=0
    fetch "$offset" || status=$?
    last=$(grep -E '^[0-9]{3} [0-9]+$' "$dir/curl.log" | tail -n 1 || true)
    read -r code got <<<"${last:-000 0}"
    offset=$((offset + got))
    case $status in
      0) return 0 ;;
      22) [[ $code =~ ^(408|429|5..)$ ]] || return 22 ;;
      7 | 16 | 18 | 28 | 35 | 52 | 55 | 56 | 92) ;;
      *) return "$status" ;;
    esac
    if ((got > 0)); then idle=0; fi
    resumed=$((resumed + 1)) idle=$((idle + 1))
    ((idle <= 5 && resumed <= 200)) || return "$status"
    sleep $((idle < 4 ? idle : 4))
  done
}

# unpack: by what the bytes are, for the name of a file says nothing about its content.
unpack() {
  local -a unpacker=(cat)
  dd bs=1 count=6 status=none of="$dir/magic"
  case $(od -An -v -tx1 "$dir/magic" | tr -d ' \n') in
    fd377a585a00) unpacker=(xz --decompress --stdout --threads=0) ;;
    28b52ffd*) unpacker=(zstd --decompress --stdout --quiet) ;;
    1f8b*) unpacker=(gzip --decompress --stdout) ;;
    *) header content-length | grep -xE '[0-9]+' >"$dir/total" ;;
  esac
  cat "$dir/magic" - | "${unpacker[@]}" 2>"$dir/unpack.log"
}

# store [FROM BYTES]: the process number is written before dd takes the shell's place, so that its own position can be read.
store() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  bash -c 'echo $$ >"$1/dd.pid"; exec dd if="$3" of="$2" bs=4M ${4:+count="$4"} iflag="fullblock${4:+,count_bytes}" oflag=direct conv=notrunc,fsync' \
    - "$dir" "$device" "${1:-/dev/stdin}" "${2:-}" 2>"$dir/dd.log"
}

# require_whole_image: what is read back from the disk is a partition table, and everything it speaks of was written.
require_whole_image() {
  local reach
  reach=$(table "$device" | jq 'map(.start + .size) | max // 0')
  if ((reach == 0)); then fail NotAnImage "There is no partition table on $device after writing."; fi
  if ((reach > $(<"$dir/written"))); then fail NotAnImage "The partitions reach to byte $reach, and the image ended at $(<"$dir/written")."; fi
}

# clear_leftovers: what an earlier life of the disk left behind the image and would be found there: copies of tables, md and Ceph labels.
clear_leftovers() {
  local size at written found
  local -a copies
  size=$(blockdev --getsize64 "$device")
  written=$(<"$dir/written")
  if ((written + (1 << 20) <= size)); then zero_tail "$device" $((1 << 20)); fi
  found=$(stray_labels "$device")
  lines copies "$found"
  for at in "${copies[@]}"; do
    if ((at >= written)); then zero "$device" "$at" 4096; fi
  done
}

# write: the detached half of install. Locks 8 and 9 were inherited from the one who started it.
write() {
  local -a ended
  local expected sum
  resume_attempt "$1"
  mkfifo "$dir/pipe"
  sha256sum <"$dir/pipe" >"$dir/sha256.new" &
  sum=$!

  set +e
  download | tee "$dir/pipe" | unpack | store
  ended=("${PIPESTATUS[@]}")
  wait "$sum"
  set -e

  sed -n 's/^\([0-9][0-9]*\) bytes.*/\1/p' "$dir/dd.log" >"$dir/written"
  # The first to fail takes the others with it, so the order of these questions is from the end of the pipe to its beginning,
  # except that a cut download also leaves the unpacker with a damaged rest. 23 is curl's word for a pipe that was closed on it.
  if ((ended[3] != 0)); then
    if grep -q 'No space left' "$dir/dd.log"; then fail DiskTooSmall "The image does not fit on $device."; fi
    fail WriteFailed "$(last_words "$dir/dd.log")"
  fi
  if ((ended[0] != 0 && ended[0] != 23)); then fail DownloadFailed "curl ended with ${ended[0]}: $(grep '^curl:' "$dir/curl.log" | cut -c 1-200 || true)"; fi
  if ((ended[2] != 0)); then fail UnpackFailed "$(last_words "$dir/unpack.log")"; fi
  if ((ended[0] != 0 || ended[1] != 0)); then fail DownloadFailed "The download was cut (${ended[*]})."; fi

  mv "$dir/sha256.new" "$dir/sha256"
  expected=$(ask .sha256)
  if [[ -n $expected && ${expected,,} != "$(cut -c 1-64 "$dir/sha256")" ]]; then fail ChecksumMismatch "Expected $expected."; fi
  blockdev --flushbufs "$device"
  require_whole_image
  clear_leftovers
  reread_table
  finish 'done'
}

# ---------------------------------------------------------------- wipe

readonly end_bytes=$((100 << 20))

# zero DEVICE OFFSET BYTES
zero() { dd if=/dev/zero of="$1" bs=1M seek="$2" count="$3" iflag=count_bytes oflag=seek_bytes conv=notrunc,fsync status=none; }

# zero_tail DEVICE BYTES
zero_tail() {
  local size
  size=$(blockdev --getsize64 "$1")
  zero "$1" $((size > $2 ? size - $2 : 0)) $((size > $2 ? $2 : size))
}

# is_zero DEVICE OFFSET BYTES: read from the device, for its cache was dropped before.
is_zero() { cmp --quiet --bytes="$3" --ignore-initial="$2:0" "$1" /dev/zero; }

# ranges: the disk and each partition of its table, as offset and size in bytes.
ranges() { jq -r '"0 \(.size)", (.table[] | "\(.start) \(.size)")' <<<"$disk"; }

# erase_ends: both ends of the disk, and of every partition, whose own labels would be found again once somebody writes the same table;
# and the repetitions of BlueStore's label.
erase_ends() {
  local places start size margin at copy
  places=$(ranges)
  while read -r start size; do
    margin=$((start == 0 ? end_bytes : 1 << 20))
    margin=$((margin < size ? margin : size))
    zero "$device" "$start" "$margin"
    zero "$device" $((start + size - margin)) "$margin"
    for copy in "${bluestore_copies[@]}"; do
      at=$((copy << 30))
      if ((at + 4096 <= size)); then zero "$device" $((start + at)) 4096; fi
    done
  done <<<"$places"
}

erase_signatures() {
  local parts part type
  parts=$(layers)
  while read -r part type; do wipefs --all --force --quiet -- "$part" >&2; done <<<"$parts"
}

# remaining POLICY: what can still be read of what the policy promises to be gone, one thing on a line.
remaining() {
  local places start size found at
  local -a copies
  blockdev --flushbufs "$device"
  signatures_of "$device"
  places=$(ranges)
  while read -r start size; do
    # 2 says that nothing was found; more than one thing, which is 8, is something.
    found=0
    blkid --probe --offset "$start" --size "$size" "$device" >/dev/null 2>&1 || found=$?
    if ((found != 2)); then echo "a signature at byte $start"; fi
    if [[ $1 != signatures ]]; then
      found=$(stray_labels "$device" "$start" "$size")
      lines copies "$found"
      for at in "${copies[@]}"; do echo "ceph_bluestore at byte $((start + at))"; done
    fi
  done <<<"$places"
  size=$(jq -r .size <<<"$disk")
  case $1 in
    full) is_zero "$device" 0 "$size" || echo "bytes that are not zero" ;;
    headAndTail | discard)
      local margin=$((end_bytes < size ? end_bytes : size))
      is_zero "$device" 0 "$margin" || echo "bytes at the beginning that are not zero"
      is_zero "$device" $((size - margin)) "$margin" || echo "bytes at the end that are not zero"
      ;;
  esac
}

wipe() {
  local policy discarded=false left
  local -a found
  require_rescue
  require_identity
  policy=$(ask .policy)
  case $policy in
    signatures | headAndTail | discard) ;;
    full)
      wipe_fully
      return
      ;;
    *) refuse BadRequest "There is no way to wipe called $policy." ;;
  esac
  find_disk
  lock_disks
  require_owner
  release_holders
  # Not every disk can discard, and none has to forget what it discards, nor to read it as zeros: so this comes first, and what must
  # surely be gone is overwritten after it.
  if [[ $policy == discard ]] && blkdiscard --force "$device" 2>/dev/null; then discarded=true; fi
  erase_signatures
  if [[ $policy != signatures ]]; then erase_ends; fi
  left=$(remaining "$policy")
  reread_table
  lines found "$left"
  ((${#found[@]} == 0)) || refuse WipeIncomplete "Something can still be read from $device." "${found[@]}"
  jq -cn --arg disk "$device" --argjson discarded "$discarded" '{$disk, $discarded, removed: $ARGS.positional}' --args -- "${signatures[@]}"
}

# wipe_fully: every byte, which takes a large disk many hours, so it is detached as an installation is.
wipe_fully() {
  begin_attempt wipe
  if [[ $fresh == yes ]]; then
    require_owner
    release_holders
    start_attempt overwrite
  fi
  attempt_state | jq -c --argjson bytesWritten "$(bytes_written)" --slurpfile removed "$dir/removed" '{state, $bytesWritten, error, removed: $removed[0]}'
}

# overwrite: the detached half of it.
overwrite() {
  local size left
  resume_attempt "$1"
  size=$(blockdev --getsize64 "$device")
  disk=$(jq -cn --argjson size "$size" --argjson table "$(table "$device")" '{$size, $table}')
  erase_signatures
  store /dev/zero "$size" || finish failed WriteFailed "$(last_words "$dir/dd.log")"
  echo "$size" >"$dir/written"
  left=$(remaining full)
  reread_table
  [[ -z $left ]] || finish failed WipeIncomplete "${left//$'\n'/; }"
  finish 'done'
}

# ---------------------------------------------------------------- seed

# partition LABEL: the one partition of the disk with this label. Sets $part.
partition() {
  local matching
  local -a found seen
  matching=$(jq -r --arg wanted "$1" '.children[]? | select(.partlabel == $wanted) | .path' <<<"$disk")
  lines found "$matching"
  lines seen "$(jq -r '.children[]? | "\(.path) \(.partlabel // "-")"' <<<"$disk")"
  ((${#found[@]} == 1)) || refuse PartitionNotFound "${#found[@]} partitions of $device are called $1." "${seen[@]}"
  part=${found[0]}
}

# seed_file INDEX, adding to $seeded: renamed into place, and read back from a file system that was mounted anew.
seed_file() {
  local path mount_point sum read_back
  path=$(ask ".files[$1].path")
  [[ $path =~ ^[A-Za-z0-9._/-]{1,256}$ && ! /$path/ =~ /\.?\.?/ ]] || refuse BadRequest "The file's name is not one below the partition's root."
  partition "$(ask ".files[$1].partition")"
  sum=$(ask ".files[$1].content" | base64 --decode | sha256sum)
  mount_point=$(mktemp -d "$run/seed.XXXXXX")
  mount "$part" "$mount_point" >&2 || refuse SeedFailed "The file system on $part cannot be mounted."
  if ! { mkdir -p "$(dirname "$mount_point/$path")" && ask ".files[$1].content" | base64 --decode >"$mount_point/$path.new" && mv "$mount_point/$path.new" "$mount_point/$path"; } >&2; then
    umount "$mount_point"
    refuse SeedFailed "The file $path could not be written on $part."
  fi
  umount "$mount_point"
  mount -o ro "$part" "$mount_point" >&2
  read_back=$(sha256sum <"$mount_point/$path" || true)
  umount "$mount_point"
  rmdir "$mount_point"
  [[ $read_back == "$sum" ]] || refuse SeedFailed "The file $path on $part is not what was written."
  seeded+=("$part:/$path")
}

# seed_bytes INDEX, adding to $seeded: into the partition itself, from its beginning on.
seed_bytes() {
  local size length
  partition "$(ask ".partitions[$1].partition")"
  size=$(blockdev --getsize64 "$part")
  length=$(ask ".partitions[$1].content" | base64 --decode | wc -c)
  ((length <= size)) || refuse SeedFailed "The content for $part is larger than the partition." "$length > $size"
  ask ".partitions[$1].content" | base64 --decode | dd of="$part" bs=1M iflag=fullblock conv=notrunc,fsync status=none
  blockdev --flushbufs "$part"
  ask ".partitions[$1].content" | base64 --decode | cmp --quiet --bytes="$length" - "$part" || refuse SeedFailed "What is on $part is not what was written."
  seeded+=("$part")
}

seed() {
  local index files partitions
  local -a seeded=()
  require_rescue
  require_identity
  find_disk
  lock_disks
  show_partitions
  release_holders
  files=$(jq '.files | length' <<<"$request")
  partitions=$(jq '.partitions | length' <<<"$request")
  for ((index = 0; index < files; index++)); do seed_file "$index"; done
  for ((index = 0; index < partitions; index++)); do seed_bytes "$index"; done
  jq -cn '{written: $ARGS.positional}' --args -- "${seeded[@]}"
}

# ---------------------------------------------------------------- boot

firmware() { if [[ -d $root/sys/firmware/efi ]]; then echo uefi; else echo bios; fi; }

# boot_entries: what the firmware may boot, in its order, those out of the order last.
boot_entries() {
  efibootmgr --verbose | jq -cnR '
    [inputs] as $lines
    | ([$lines[] | capture("^BootOrder: (?<order>.*)$").order | split(",")[]]) as $order
    | [$lines[] | capture("^Boot(?<id>[0-9A-Fa-f]{4})(?<active>[* ]) (?<name>[^\t]*)(\t(?<path>.*))?$")
      | .path //= "" | .active = (.active == "*")
      | .kind = (if (.path | test("MAC\\(|IPv[46]\\(|Uri\\(")) or (.name | test("PXE|Network|IPv?[46]|\\bLAN\\b|HTTP boot"; "i")) then "network"
                 elif .path | test("HD\\(|NVMe\\(|Sata\\(") then "disk" else "other" end)
      | .partition = ((.path | capture("HD\\([0-9]+,GPT,(?<uuid>[0-9a-fA-F-]{36})").uuid | ascii_downcase) // null)
      | .place = (.id as $id | $order | index($id) // 65536)]
    | sort_by(.place)'
}

# order_boot: the network first, so that the next rescue order is heard; the installed system second; what was there, third. Entries of
# partitions that are on no disk any more go, for some firmware hangs on them. Sets $order, $removed and $created.
order_boot() {
  local entries system id all
  created=false removed=''
  mount -o remount,rw "$root/sys/firmware/efi/efivars" >&2 || refuse FirmwareRefused "The firmware's variables cannot be written."
  entries=$(boot_entries) || refuse FirmwareRefused "The firmware's boot entries cannot be read."
  all=$(list_disks | jq -cs '[.[].table[].uuid]')
  removed=$(jq -r --argjson present "$all" '.[] | select(.partition != null and (.partition as $uuid | $present | index($uuid) | not)) | .id' <<<"$entries")
  for id in $removed; do efibootmgr --quiet --bootnum "$id" --delete-bootnum >&2 || refuse FirmwareRefused "The entry $id cannot be removed."; done
  system=$(jq -c '[.table[] | select(.type == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b")][0] // empty' <<<"$disk")
  if [[ -n $system && -z $(jq -r --argjson system "$system" '.[] | select(.partition == $system.uuid) | .id' <<<"$entries") ]]; then
    efibootmgr --quiet --create --disk "$device" --part "$(jq -r '.path | capture("(?<number>[0-9]+)$").number' <<<"$system")" --label Talos --loader "$(loader)" >&2 ||
      refuse FirmwareRefused "The firmware takes no entry for $device."
    created=true
  fi
  entries=$(boot_entries) || refuse FirmwareRefused "The firmware's boot entries cannot be read."
  order=$(jq -c --arg uuid "$(jq -r .uuid <<<"${system:-null}")" '[(.[] | select(.kind == "network")), (.[] | select(.kind != "network" and .partition == $uuid)),
    (.[] | select(.kind != "network" and .partition != $uuid and .place < 65536))]' <<<"$entries")
  id=$(jq -r 'map(.id) | join(",")' <<<"$order")
  [[ -z $id ]] || efibootmgr --quiet --bootorder "$id" >&2 || refuse FirmwareRefused "The firmware does not take the order $id."
}

# loader: the path that the firmware falls back to, which every Talos image has.
loader() { if [[ $(uname -m) == aarch64 ]]; then echo '\EFI\BOOT\BOOTAA64.EFI'; else echo '\EFI\BOOT\BOOTX64.EFI'; fi; }

efi() {
  local order='[]' removed='' created=false
  require_rescue
  require_identity
  find_disk
  lock_disks
  show_partitions
  if [[ $(firmware) == uefi ]]; then order_boot; fi
  jq -cn --arg firmware "$(firmware)" --argjson order "$order" --argjson created "$created" --argjson removed "$(lines_to_json <<<"$removed")" \
    '{$firmware, order: ($order | map({id, name, active, kind})), $removed, $created}'
}

# load_kernel: puts the installed Talos's kernel in place for kexec. Only the layout with a BOOT partition is known (kernel and initramfs
# as files); a unified kernel image has to go through the firmware.
load_kernel() {
  local part mount_point kernel arguments loaded=1
  command -v kexec >/dev/null || return 1
  part=$(jq -r '[.children[]? | select(.partlabel == "BOOT")][0].path // empty' <<<"$disk")
  [[ -n $part ]] || return 1
  mount_point=$(mktemp -d "$run/boot.XXXXXX")
  mount -o ro "$part" "$mount_point" || return 1
  kernel=$mount_point/A/vmlinuz
  arguments=$(sed -n 's,^[[:space:]]*linux[[:space:]]*/A/vmlinuz[[:space:]]*,,p' "$mount_point/grub/grub.cfg" 2>/dev/null | head -n 1 || true)
  if [[ -s $kernel && -n $arguments ]] && kexec --load "$kernel" --initrd="$mount_point/A/initramfs.xz" --command-line="$arguments" >&2; then loaded=0; fi
  umount "$mount_point" && rmdir "$mount_point"
  return "$loaded"
}

boot() {
  local method=firmware
  require_rescue
  require_identity
  find_disk
  lock_disks
  # What the firmware does not take does not keep the server in rescue: most of them find the system by themselves.
  if [[ $(firmware) == uefi ]]; then (order_boot) >&2 || true; fi
  if [[ $(ask .allowKexec) == true ]] && load_kernel; then method=kexec; fi
  # The answer must be on its way before the network goes.
  setsid bash "$self" leave "$method" </dev/null >/dev/null 2>&1 &
  jq -cn --arg method "$method" '{$method}'
}

leave() {
  sleep 2
  sync
  if [[ $1 == kexec ]]; then kexec --exec; fi
  systemctl reboot --force || reboot -f
}

# ---------------------------------------------------------------- which verb

case ${1:-} in
  prove | inspect | install | status | wipe | seed | efi | boot)
    request=$(jq -c 'if type == "object" then . else error("not an object") end' 2>/dev/null) || refuse BadRequest "The request is no JSON object."
    "$1"
    ;;
  write | overwrite | leave) "$@" ;;
  *) refuse BadRequest "There is no verb ${1:-}." ;;
esac
