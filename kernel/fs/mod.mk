# Files, and the system calls about them. FS_NET is what the small kernel does without.
FS_BASE := $(addprefix kernel/fs/,boot.c context.c dentry.c device.c epoll.c etc.c eventfd.c file.c flock.c inode.c \
    mutex.c names.c open.c pages.c pages_tree.c pipe.c pipe_open.c pseudo.c rename.c stdio.c super.c tmpfs.c text.c tmpfs_file.c uio.c walk.c)
FS_BASE += $(addprefix kernel/linux/,dir.c epoll.c fcntl.c fd.c io.c open.c path.c sigwait.c stat.c)
FS_NET := $(addprefix kernel/fs/,inotify.c notify.c socket.c splice.c unix.c unix_data.c)
FS_NET += $(addprefix kernel/linux/,attr.c inotify.c names.c poll.c pollset.c socket.c socket_message.c splice.c)
FS_SRCS := $(FS_BASE) $(FS_NET) kernel/fs/archive.c
PROC_SRCS := $(addprefix kernel/linux/,proc.c proc_process.c proc_maps.c proc_machine.c proc_sys.c sysfs.c)
KERNEL_SRCS += $(FS_BASE) $(PROC_SRCS)
KERNEL_NET_SRCS += $(FS_NET) kernel/linux/timerfd.c
KERNEL_FULL_SRCS += kernel/fs/archive.c
P9_SRCS := $(addprefix kernel/fs/,p9_ask.c p9_cache.c p9_call.c p9_dir.c p9_file.c p9_inode.c p9_mount.c p9_names.c) \
    $(addprefix kernel/drivers/virtio/,9p.c chain.c) kernel/init/volumes.c kernel/init/perturb.c
KERNEL_FULL_SRCS += $(P9_SRCS)

# Size counts more than speed, except on the paths of bytes, descriptors and polling.
FS_FAST := $(addprefix kernel/fs/,file.c uio.c mutex.c pages.c pipe.c walk.c dentry.c open.c) $(addprefix kernel/linux/,fd.c io.c epoll.c open.c path.c)
FS_SMALL := $(filter-out $(FS_FAST),$(FS_SRCS)) $(PROC_SRCS) kernel/linux/timerfd.c
$(foreach f,$(FS_SMALL),$(eval CFLAGS_kernel-arm64_$f := -Oz))
$(foreach f,$(FS_FAST),$(eval CFLAGS_kernel-arm64_$f := -Os))
$(foreach f,kernel/fs/walk.c kernel/linux/fd.c,$(eval CFLAGS_kernel-arm64_$f := -O2))
include tests/fs/mod.mk
