package loop_test

import (
	"context"
	"fmt"
	"log"
	"path/filepath"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/loop"
)

func Example() {
	recording, err := loop.Read(filepath.Join("..", "..", "examples", "stuck-loop"))
	if err != nil {
		log.Fatal(err)
	}
	report, err := loop.Diagnose(context.Background(), recording, loop.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Cause, "at", report.Findings[0].Line.Text)
	fmt.Println("the correct step learns:", report.Proof.LaterEnd < report.Proof.RecordedEnd)
	// Output:
	// loop-wrong-parameters at optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
	// the correct step learns: true
}
