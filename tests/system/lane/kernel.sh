#!/bin/sh
# The lane's kernel: Debian's linux-source-6.1 for User-Mode Linux with kernel.fragment. No root, no modules.
#   kernel.sh path    print where it is; exit 3 when it is not built
#   kernel.sh build   build it once (4 minutes on two cores, 1.5 GB meanwhile), print where it is
# It is kept in $LANE_CACHE (default ~/.cache/acumat) under a name made of the source version and the fragment.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
archive=/usr/src/linux-source-6.1.tar.xz
needs="linux-source-6.1 gcc make flex bison m4 bc libc6-dev xz-utils"
cache=${LANE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/acumat}
wanted="GPIO_CDEV GPIO_SIM GPIO_VIRTIO VIRTIO_UML CONFIGFS_FS HOSTFS DEVTMPFS HIGH_RES_TIMERS
        UML_TIME_TRAVEL_SUPPORT MAGIC_SYSRQ PCI_MSI UNIX INET"

version=$(dpkg-query -W -f '${Version}' linux-source-6.1 2>/dev/null) || version=
if [ -z "$version" ]; then
    echo "kernel.sh: the kernel source is not installed; as root: apt-get install $needs" >&2
    exit 3
fi
kernel=$cache/uml-$version-$(sha256sum "$here/kernel.fragment" | cut -c1-12)

build() {
    tree=$(mktemp -d "${TMPDIR:-/tmp}/acumat-kernel.XXXXXX")
    trap 'rm -rf "$tree"' EXIT
    trap 'exit 1' INT TERM
    mkdir "$tree/src" "$tree/out"
    echo "kernel.sh: unpacking $archive" >&2
    tar xf "$archive" -C "$tree/src" --strip-components=1
    # SUBARCH is said aloud: on an i386 userland the default would be a 32-bit kernel.
    mk() { nice make -s -C "$tree/src" ARCH=um SUBARCH=x86_64 O="$tree/out" "$@"; }
    mk defconfig >"$tree/log" 2>&1
    (cd "$tree/out" && "$tree/src/scripts/kconfig/merge_config.sh" -m .config "$here/kernel.fragment") >>"$tree/log" 2>&1
    mk olddefconfig >>"$tree/log" 2>&1
    for option in $wanted; do
        grep -qx "CONFIG_$option=y" "$tree/out/.config" || {
            echo "kernel.sh: CONFIG_$option did not survive; this source needs another kernel.fragment" >&2
            exit 1
        }
    done
    echo "kernel.sh: compiling, 4 minutes on two idle cores" >&2
    mk -j"$(nproc)" linux >>"$tree/log" 2>&1 || {
        tail -20 "$tree/log" >&2
        echo "kernel.sh: the build failed; it needs: $needs" >&2
        exit 1
    }
    mkdir -p "$cache"
    strip -o "$kernel.part" "$tree/out/linux"
    mv "$kernel.part" "$kernel" # only a whole kernel ever gets this name
}

case ${1:-} in
    path) [ -x "$kernel" ] || { echo "kernel.sh: not built yet; run: make lane" >&2; exit 3; } ;;
    build) [ -x "$kernel" ] || build ;;
    *) sed -n '2,4p' "$0" >&2; exit 2 ;;
esac
echo "$kernel"
