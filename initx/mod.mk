# initx: nothing to build yet
