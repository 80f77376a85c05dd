// Package shapes is what the tests of mazboot gotest test.
package shapes

import "example.com/dep"

// Area of a rectangle, 0 for one that there can't be.
func Area(w, h int) int {
	if w < 0 || h < 0 {
		return 0
	}
	return w * h
}

// Maker of the package.
func Maker() string { return dep.Name() }
