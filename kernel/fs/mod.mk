# Files, and the system calls about them.
FS_SRCS := $(addprefix kernel/fs/,archive.c boot.c context.c dentry.c device.c epoll.c etc.c eventfd.c file.c flock.c inode.c inotify.c \
    mutex.c names.c notify.c open.c pages.c pages_tree.c pipe.c pipe_open.c pseudo.c rename.c socket.c splice.c stdio.c super.c tmpfs.c text.c tmpfs_file.c uio.c unix.c unix_data.c walk.c)
FS_SRCS += $(addprefix kernel/linux/,attr.c dir.c epoll.c fcntl.c fd.c inotify.c io.c names.c open.c path.c poll.c pollset.c sigwait.c socket.c socket_message.c splice.c stat.c)
PROC_SRCS := $(addprefix kernel/linux/,proc.c proc_process.c proc_maps.c proc_machine.c proc_sys.c sysfs.c timerfd.c)
KERNEL_SRCS += $(FS_SRCS) $(PROC_SRCS)

# Size counts more than speed, except on the paths of bytes, descriptors and polling.
FS_FAST := $(addprefix kernel/fs/,file.c uio.c mutex.c pages.c) $(addprefix kernel/linux/,fd.c io.c epoll.c)
FS_SMALL := $(filter-out $(FS_FAST),$(FS_SRCS)) $(PROC_SRCS)
$(foreach f,$(FS_SMALL),$(eval CFLAGS_kernel-arm64_$f := -Oz))
include tests/fs/mod.mk
