package shapes

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestArea(t *testing.T) {
	text, err := os.ReadFile("testdata/input.txt")
	if err != nil {
		t.Fatal(err)
	}
	var w, h, want int
	fmt.Sscan(string(text), &w, &h, &want)
	if got := Area(w, h); got != want {
		t.Fatalf("Area(%d, %d) = %d", w, h, got)
	}
	t.Run("none", func(t *testing.T) { t.Log(Area(0, 5)) })
	t.Run("huge", func(t *testing.T) {
		if testing.Short() {
			t.Skip("only without -short")
		}
		t.Log(Area(1<<20, 1<<20))
	})
}

// What it writes beside the sources is for whoever looks into the folder afterwards.
func TestGolden(t *testing.T) {
	if err := os.WriteFile("testdata/golden.txt", []byte(Maker()+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	found, _ := filepath.Glob("../*.mod")
	t.Log(found, os.Getenv("MODULE_TEST"))
}

func TestTemp(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkArea(b *testing.B) {
	for i := 0; i < b.N; i++ {
		Area(i, i)
	}
}

func ExampleArea() {
	fmt.Println(Area(2, 5))
	// Output: 10
}
