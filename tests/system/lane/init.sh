#!/bin/sh
# First process of the lane's kernel: make a usual /proc, /sys, /run, run the command, leave its answer, power off.
# The root is the host's own, read-only; /run/lane is the one folder of the host that can be written.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/run TMPDIR=/run PYTHONDONTWRITEBYTECODE=1
here=${0%/*}
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm 2>/dev/null || { mkdir -p /dev/shm && mount -t tmpfs tmpfs /dev/shm; }
mount -t configfs configfs /sys/kernel/config
mkdir /run/lane
mount -t hostfs -o "$here" hostfs /run/lane
ip link set lo up 2>/dev/null
sh /run/lane/command </dev/null >/run/lane/stdout 2>/run/lane/stderr
echo $? >/run/lane/status
echo o >/proc/sysrq-trigger
sleep 60
