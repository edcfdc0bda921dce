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

# lines ARRAY TEXT. Commands are run in an assignment first and split here, for "< <(command)" would hide that the command failed.
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
  mac=$(ask .identity.primaryMac) uuid=$(ask .identity.systemUuid)
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

# Whole disks as lsblk tells them; without the rescue system's own (loop, zram, optical) and without card readers' empty slots.
list_disks() {
  udevadm settle --timeout=10 || true
  lsblk --json --bytes --output NAME,PATH,TYPE,WWN,SERIAL,MODEL,SIZE,ROTA,PARTLABEL,MOUNTPOINT |
    jq -c 'def text: if . == null then null else gsub("^\\s+|\\s+$"; "") | if . == "" then null else . end end;
      .blockdevices[] | select(.type == "disk" and .size > 0 and (.name | test("^(zram|ram|loop|fd|sr)") | not))
      | .wwn |= text | .serial |= text | .model |= text'
}

# by_id PATH: the names that udev gave a disk.
by_id() {
  local link
  for link in "$root"/dev/disk/by-id/*; do
    if [[ -e $link && $(readlink -f "$link") == "$1" ]]; then basename "$link"; fi
  done
}

# devices DISK_JSON: the disk and everything on it, innermost last.
devices() { jq -r '.. | objects | select(has("path")) | .path' <<<"$1"; }

describe_disk() {
  local disk=$1 path parts
  path=$(jq -r .path <<<"$disk")
  lines parts "$(devices "$disk")"
  jq -c --argjson byId "$(by_id "$path" | lines_to_json)" --argjson signatures "$(signatures_of "${parts[@]}" | lines_to_json)" \
    '{name, wwn, serial, model, sizeBytes: .size, rotational: .rota, $byId, $signatures,
      partitionLabels: [.children[]?.partlabel | select(. != null and . != "")]}' <<<"$disk"
}

inspect() {
  local found disk disks='' firmware=bios
  local -a all
  require_rescue
  if [[ -d $root/sys/firmware/efi ]]; then firmware=uefi; fi
  found=$(list_disks)
  lines all "$found"
  for disk in "${all[@]}"; do disks+=$(describe_disk "$disk")$'\n'; done
  jq -cn --arg firmware "$firmware" --arg mac "$(boot_mac)" --argjson disks "$(jq -cs . <<<"$disks")" \
    --arg cpu "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" --argjson threads "$(nproc)" \
    --argjson memory "$(awk '/^MemTotal:/ { printf "%d", $2 * 1024 }' /proc/meminfo)" \
    '{$firmware, primaryMac: (if $mac == "" then null else $mac end), cpuModel: $cpu, cpuThreads: $threads, memoryBytes: $memory, $disks}'
}

# find_disk: the one disk that has every part of the identity asked for. Sets $disk (JSON) and $device (path).
find_disk() {
  local wwn serial id id_path='' all matching
  local -a found seen
  wwn=$(ask .disk.wwn) serial=$(ask .disk.serial) id=$(ask .disk.byId)
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

# require_owner: what is on the disk belongs to whom the request says, or may go. Sets $signatures.
require_owner() {
  local owner found device type label
  local -a on_disk foreign=()
  owner=$(ask .expectedOwner)
  lines on_disk "$(devices "$disk")"
  found=$(signatures_of "${on_disk[@]}")
  lines signatures "$found"
  case $owner in
    anyone) return ;;
    nobody | talos) ;;
    *) refuse BadRequest "There is no owner $owner." ;;
  esac
  while read -r device type label; do
    found=$(foreign_on "$device" "$type" "$label" "$owner")
    if [[ -n $found ]]; then foreign+=("$found"); fi
  done <<<"$(jq -r '.. | objects | select(has("path")) | "\(.path) \(.type) \(.partlabel // "-")"' <<<"$disk")"
  ((${#foreign[@]} == 0)) || refuse ForeignData "The disk carries data that is not expected there." "${foreign[@]}"
}

# layers: what lies on the disk just now, innermost first, each with its type.
layers() { lsblk --json --output PATH,TYPE "$device" | jq -r '.. | objects | select(has("type")) | "\(.path) \(.type)"' | tac; }

# release_holders: lets go of what the rescue system assembled by itself from an old installation (md, LVM, LUKS).
release_holders() {
  local path type before after
  [[ -z $(jq -r '.. | objects | .mountpoint? // empty' <<<"$disk") ]] || refuse Busy "A file system of $device is mounted."
  before=$(layers)
  while read -r path type; do
    case $type in
      lvm | crypt | dm) dmsetup remove --retry "$path" >&2 || true ;;
      raid*) mdadm --stop "$path" >&2 || true ;;
    esac
  done <<<"$before"
  after=$(layers)
  after=$(grep -Ev ' (disk|part)$' <<<"$after" || true)
  [[ -z $after ]] || refuse Busy "Something still holds $device." "$after"
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

# ---------------------------------------------------------------- install

attempt_directory() {
  local attempt
  attempt=$(ask .attempt)
  [[ $attempt =~ ^[A-Za-z0-9._-]{1,128}$ && $attempt != . && $attempt != .. ]] || refuse BadRequest "The attempt's name is not one."
  echo "$run/install-$attempt"
}

install() {
  local attempt size minimum
  require_rescue
  require_identity
  attempt=$(attempt_directory) || { printf '%s\n' "$attempt"; exit "$refused_status"; }
  dir=$attempt
  if [[ -d $dir ]]; then
    status
    return
  fi
  find_disk
  if ! try_lock_disks && [[ -d $dir ]]; then
    # Somebody else asked for the same attempt at the same time, and was first.
    status
    return
  fi
  lock_disks
  require_owner
  size=$(jq -r .size <<<"$disk") minimum=$(ask .minimumBytes)
  if [[ -n $minimum ]] && ((size < minimum)); then refuse DiskTooSmall "The disk $device is smaller than the image." "$size < $minimum"; fi
  release_holders

  # Making the directory is what starts the attempt: of two callers one makes it.
  local new
  new=$(mktemp -d "$run/new.XXXXXX")
  printf '%s\n' "$request" >"$new/request"
  printf '%s\n' "$device" >"$new/device"
  exec 9>"$new/alive"
  flock -n 9
  if ! mv -T "$new" "$dir" 2>/dev/null; then
    rm -rf "$new"
    status
    return
  fi
  ask .attempt >"$run/writer"
  setsid bash "$self" write "$dir" </dev/null >"$dir/log" 2>&1 &
  exec 9>&- 8>&-
  status
}

# status: what is known of an attempt. The writer holds "$dir/alive" for as long as any part of it lives.
status() {
  local attempt state=running written=0 total=null error=null sha=null pid
  if [[ -z ${dir:-} ]]; then
    attempt=$(attempt_directory) || { printf '%s\n' "$attempt"; exit "$refused_status"; }
    dir=$attempt
  fi
  if [[ ! -d $dir ]]; then
    state=absent
  elif flock -n "$dir/alive" true; then
    # Looked at after the lock, for the writer's last act before letting go of it is to write its end.
    state=failed error='{"code":"WriterDied","detail":"The writer ended without a word."}'
    if [[ -e $dir/end ]]; then
      state=$(jq -r .state "$dir/end") error=$(jq -c .error "$dir/end")
    fi
  fi
  if [[ -e $dir/written ]]; then
    written=$(<"$dir/written")
  elif [[ -e $dir/dd.pid ]] && pid=$(<"$dir/dd.pid") && [[ -n $pid ]]; then
    written=$(sed -n 's/^pos:[[:space:]]*//p' "/proc/$pid/fdinfo/1" 2>/dev/null || true)
  fi
  if [[ -e $dir/total ]]; then total=$(<"$dir/total"); fi
  if [[ -s $dir/sha256 ]]; then sha=\"$(cut -c 1-64 "$dir/sha256")\"; fi
  jq -cn --arg state "$state" --argjson bytesWritten "${written:-0}" --argjson totalBytes "${total:-null}" --argjson error "$error" --argjson sha256 "$sha" \
    '{$state, $bytesWritten, $totalBytes, $error, $sha256}'
}

# finish STATE [CODE DETAIL]: the writer's last word, renamed into place so that nobody reads half of it.
finish() {
  local state=$1 code=${2:-} detail=${3:-}
  jq -cn --arg state "$state" --arg code "$code" --arg detail "$detail" \
    '{$state, error: (if $code == "" then null else {$code, $detail} end)}' >"$dir/end.new"
  mv "$dir/end.new" "$dir/end"
  exit 0
}

# fail CODE DETAIL: what is not wholly there must not boot, nor look like an installation to the next one who looks. Where nothing was
# written yet, nothing is lost either: a wrong URL does not cost the disk.
fail() {
  [[ ! -s $dir/written || $(<"$dir/written") == 0 ]] || dd if=/dev/zero of="$device" bs=1M count=4 conv=notrunc,fsync status=none 2>/dev/null || true
  finish failed "$1" "$2"
}

last_words() { tail -n 2 "$1" | tr '\n' ' ' | cut -c 1-200; }

download() {
  # The URL goes by standard input: it may carry a token, and every process's arguments are public.
  # No --retry: curl would begin again from the start into a pipe that has already had the beginning.
  jq -r '"url = \(.url | tojson)"' "$dir/request" |
    curl --config - --fail --location --silent --show-error --connect-timeout 20 --speed-limit 10240 --speed-time 60 \
      --dump-header "$dir/headers" 2>"$dir/curl.log"
}

# unpack: by what the bytes are, for the name of a file says nothing about its content.
unpack() {
  local -a unpacker=(cat)
  dd bs=1 count=6 status=none of="$dir/magic"
  case $(od -An -v -tx1 "$dir/magic" | tr -d ' \n') in
    fd377a585a00) unpacker=(xz --decompress --stdout --threads=0) ;;
    28b52ffd*) unpacker=(zstd --decompress --stdout --quiet) ;;
    1f8b*) unpacker=(gzip --decompress --stdout) ;;
    *) sed -n 's/^[Cc]ontent-[Ll]ength: *\([0-9]*\).*/\1/p' "$dir/headers" | tail -n 1 >"$dir/total" ;;
  esac
  cat "$dir/magic" - | "${unpacker[@]}" 2>"$dir/unpack.log"
}

# store: the process number is written before dd takes the shell's place, so that status can read dd's own position.
store() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  bash -c 'echo $$ >"$1/dd.pid"; exec dd of="$2" bs=4M iflag=fullblock oflag=direct conv=notrunc,fsync' - "$dir" "$device" 2>"$dir/dd.log"
}

# write: the detached half of install. Locks 8 and 9 were inherited from the one who started it.
write() {
  local -a ended
  local expected sum
  dir=$1 device=$(<"$1/device") request=$(<"$1/request")
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
  if ((ended[0] != 0 && ended[0] != 23)); then fail DownloadFailed "curl ended with ${ended[0]}: $(last_words "$dir/curl.log")"; fi
  if ((ended[2] != 0)); then fail UnpackFailed "$(last_words "$dir/unpack.log")"; fi
  if ((ended[0] != 0 || ended[1] != 0)); then fail DownloadFailed "The download was cut (${ended[*]})."; fi

  mv "$dir/sha256.new" "$dir/sha256"
  expected=$(ask .sha256)
  if [[ -n $expected && ${expected,,} != "$(cut -c 1-64 "$dir/sha256")" ]]; then fail ChecksumMismatch "Expected $expected."; fi
  blockdev --flushbufs "$device"
  blockdev --rereadpt "$device" || partprobe "$device" || true
  if [[ -z $(blkid --probe --output value --match-tag PTTYPE "$device" || true) ]]; then fail NotAnImage "There is no partition table on $device after writing."; fi
  finish 'done'
}

# ---------------------------------------------------------------- wipe

# zero_ends DEVICE: BlueStore keeps copies of its label behind the beginning, GPT and md keep theirs at the end.
zero_ends() {
  local size mib=$((1024 * 1024)) head tail
  size=$(blockdev --getsize64 "$1")
  head=$((size < 100 * mib ? size : 100 * mib)) tail=$((size < 100 * mib ? 0 : 100 * mib))
  dd if=/dev/zero of="$1" bs=1M count="$head" iflag=count_bytes conv=notrunc,fsync status=none
  if ((tail > 0)); then dd if=/dev/zero of="$1" bs=1M seek=$((size - tail)) count="$tail" iflag=count_bytes oflag=seek_bytes conv=notrunc,fsync status=none; fi
}

wipe() {
  local part type left
  local -a remaining
  require_rescue
  require_identity
  find_disk
  lock_disks
  require_owner
  release_holders
  while read -r part type; do wipefs --all --force --quiet -- "$part" >&2; done <<<"$(layers)"
  zero_ends "$device"
  # Not every disk can discard; what counts is what can be read afterwards.
  blkdiscard --force "$device" 2>/dev/null || true
  blockdev --flushbufs "$device"
  blockdev --rereadpt "$device" || partprobe "$device" || true
  left=$(signatures_of "$device")
  lines remaining "$left"
  ((${#remaining[@]} == 0)) || refuse WipeIncomplete "Signatures are still on $device." "${remaining[@]}"
  jq -cn --arg disk "$device" '{$disk, removed: $ARGS.positional}' --args -- "${signatures[@]}"
}

# ---------------------------------------------------------------- boot

# order_boot: the network first, so that the next rescue order is heard; then what was there, in its order.
order_boot() {
  local entries network others
  mount -o remount,rw "$root/sys/firmware/efi/efivars" || return 0
  entries=$(efibootmgr) || return 0
  network=$(sed -nE 's/^Boot([0-9A-Fa-f]{4})\*? .*(PXE|Network|IPv4|IPv6|IP4|IP6|LAN).*/\1/Ip' <<<"$entries")
  others=$(sed -n 's/^BootOrder: //p' <<<"$entries" | tr ',' '\n' | grep -vxF -- "${network:-none}" || true)
  if [[ -n $network ]]; then efibootmgr --quiet --bootorder "$(printf '%s\n' "$network" "$others" | grep -v '^$' | paste -sd,)"; fi
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
  if [[ -d $root/sys/firmware/efi ]]; then order_boot >&2 || true; fi
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
  prove | inspect | install | status | wipe | boot)
    request=$(jq -c 'if type == "object" then . else error("not an object") end' 2>/dev/null) || refuse BadRequest "The request is no JSON object."
    "$1"
    ;;
  write | leave) "$@" ;;
  *) refuse BadRequest "There is no verb ${1:-}." ;;
esac
