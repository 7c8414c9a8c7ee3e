package loopreport_test

import (
	"context"
	"fmt"
	"log"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/loop/loopreport"
)

// The broadcast of notebook 09 and the same loop with squeeze(-1).
func ExampleMended() {
	replayed := func(name string) *loop.Report {
		recording, err := loop.Read(filepath.Join("..", "..", "..", "notebooks", "data", "loops", name))
		if err != nil {
			log.Fatal(err)
		}
		r, err := loop.Diagnose(context.Background(), recording, loop.Options{Backend: gobackend.GetBackend()})
		if err != nil {
			log.Fatal(err)
		}
		return r
	}
	written, mended := replayed("broadcast"), replayed("broadcast_mended")
	fmt.Println(loopreport.Mended(written, mended).Text())
	fmt.Printf("The proof is at most %.4f off.\n", written.Proof.Apart(mended))
	// Output:
	// As written and mended
	//   as written: 1.01 at 1, 0.904 at 12, lowest 0.683 at 2, highest 1.21 at 4
	//   mended: 1.01 at 1, 0.512 at 12, highest 1.17 at 3
	//   the proof: 1.01 at 1, 0.512 at 12, highest 1.17 at 3
	// The proof is at most 0.0000 off.
}

// Without a proof there are the two loops, and losses that weren't replayed are gaps.
func TestMendedWithoutProof(t *testing.T) {
	correct := replayed(t, "loop-correct")
	require.Nil(t, correct.Proof)
	lines := loopreport.Mended(correct, correct)
	require.Len(t, lines.Series, 2)
	require.Len(t, lines.Series[0].Values, len(correct.Steps))
	require.Equal(t, float64(correct.Steps[0].Replayed), lines.Series[1].Values[0])
	require.Empty(t, loopreport.Mended(&loop.Report{}, &loop.Report{}).Series[0].Values)
}
