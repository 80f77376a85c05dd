package main

// Functions that could stand in for a barrier, and ones that must not: see the assembly. They are never called.
func stubGood()
func stubNothing()
func stubSeed()
func stubClobber()
func stubStack()
func stubText()
func stubCalls()

var stubs = []func(){stubGood, stubNothing, stubSeed, stubClobber, stubStack, stubText, stubCalls}
