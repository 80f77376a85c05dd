# cmd: nothing to build yet
