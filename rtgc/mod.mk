# rtgc: nothing to build yet
