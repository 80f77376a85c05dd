# gort: nothing to build yet
