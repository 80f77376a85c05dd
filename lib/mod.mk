# lib: nothing to build yet
