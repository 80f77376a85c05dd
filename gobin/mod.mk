# gobin: nothing to build yet
