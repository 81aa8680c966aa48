#!/bin/busybox sh
# Pid 1 of the VM: the host's file system read-only with a tmpfs over it, the unified cgroup hierarchy with every
# controller, then the command that the kernel's command line carries in base64. Its exit status is the last line.
/bin/busybox mkdir -p /proc /sys /host /over /new
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
while read -r module; do insmod "/modules/$module"; done </modules/order

mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=1048576 host /host
mount -t tmpfs -o mode=755 tmpfs /over
mkdir /over/upper /over/work
mount -t overlay -o lowerdir=/host,upperdir=/over/upper,workdir=/over/work overlay /new
mount -t proc proc /new/proc
mount -t sysfs sysfs /new/sys
mount -t devtmpfs devtmpfs /new/dev
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts devpts /new/dev/pts
for dir in dev/shm run tmp; do mount -t tmpfs -o mode=1777 tmpfs "/new/$dir"; done
mount -t cgroup2 cgroup2 /new/sys/fs/cgroup
for controller in $(cat /new/sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" >/new/sys/fs/cgroup/cgroup.subtree_control
done
ip link set lo up

command=$(sed 's/.*vm\.command=\([^ ]*\).*/\1/' /proc/cmdline | base64 -d)
# Not chroot: a process that enters a container's mount namespace gets the root of that, which would be this file system.
exec switch_root /new /bin/busybox sh -c '/bin/sh -c "$0" 2>&1; echo "vm: status $?"; busybox poweroff -f' "$command"
