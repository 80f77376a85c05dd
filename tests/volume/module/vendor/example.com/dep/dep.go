// Package dep is a dependency that only the vendor folder has.
package dep

// Name says who it is.
func Name() string { return "dep" }
