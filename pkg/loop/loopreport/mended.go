package loopreport

import (
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loop"
)

// Mended shows the claimed loss of each batch of a loop as it was written, of the same loop recorded again once it was mended, and of
// the first one's proof, which foretold the second: recorded from one start on the same batches the two lie on each other, see
// [loop.Proof.Apart]. A loop without a proof gives two lines.
func Mended(written, mended *loop.Report) figure.Lines {
	f := figure.Lines{
		Title: "As written and mended", YLabel: "Claimed loss of each batch", LogY: wide(claimed(written), claimed(mended)),
		Series: []figure.Series{{Name: "as written", Values: claimed(written)}, {Name: "mended", Values: claimed(mended)}},
	}
	if written.Proof != nil {
		f.Series = append(f.Series, figure.Series{Name: "the proof", Values: numbers(written.Proof.Correct), Dashed: true})
	}
	return f
}

// claimed is what the loss that is meant has of each batch.
func claimed(r *loop.Report) []float64 {
	if r.Proof != nil {
		return numbers(r.Proof.Recorded)
	}
	values := make([]float64, len(r.Steps))
	for k, row := range r.Steps {
		values[k] = float64(row.Replayed)
	}
	return values
}
