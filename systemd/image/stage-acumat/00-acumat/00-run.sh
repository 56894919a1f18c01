#!/bin/bash -e
# Installs the package from files/, and sets what a computer that is only a mat needs.
install -m 644 files/acumat_*_all.deb "${ROOTFS_DIR}/var/tmp/"
on_chroot << EOF
apt-get install -y /var/tmp/acumat_*_all.deb
rm /var/tmp/acumat_*_all.deb
EOF

# The pins of SPI are data lines of the default board.
echo "dtparam=spi=off" >> "${ROOTFS_DIR}/boot/firmware/config.txt"

# The watchdog of the board is on: nothing else runs here that could mind.
sed -i "s/^#RuntimeWatchdogSec/RuntimeWatchdogSec/" "${ROOTFS_DIR}/etc/systemd/system.conf.d/acumat-watchdog.conf"
