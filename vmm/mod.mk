# vmm: nothing to build yet
