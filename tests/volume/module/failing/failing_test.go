// Package failing has a test that fails and one that doesn't.
package failing

import "testing"

func TestGood(t *testing.T) {}

func TestBad(t *testing.T) { t.Errorf("this one fails") }
