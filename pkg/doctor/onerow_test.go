package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A batch normalization makes a constant of a single row, and nothing in front of it learns.
func TestBatchNormalizationOfOneRow(t *testing.T) {
	c := rings(3, nn.Softmax{}, loss.SparseCategoricalCrossentropy{})
	c.Model = nn.Sequential{nn.Dense{Units: 24}, nn.BatchNormalization{}, nn.ReLU{}, nn.Dense{Units: 3, Activation: nn.Softmax{}}}
	c.Data, c.Epochs, c.BatchSize, c.Optimizer = c.Data.Range(0, 120), 30, 1, optim.Adam(0.02)
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.VanishingGradient, r.Cause, r.Verdict())
	require.True(t, r.Findings[0].Verified)
	require.Contains(t, r.Findings[0].Evidence(), "batch_normalization normalizes a batch of one row")
	require.Equal(t, "batches of 8 rows, or more, instead of 1", r.Findings[0].Treatment.Text)

	// Of the last batch alone it is told; the training may go well in spite of it.
	c.BatchSize, c.Epochs = 17, 40
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Contains(t, r.Verdict(), "The last batch of each epoch has one row: ")
	c.From, c.BatchSize = "model.pt2", 20
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.NotContains(t, r.Verdict(), "one row")
	c.Data = c.Data.Range(0, 101)
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Contains(t, r.Verdict(), "drop_last=True")

	// A mean over the places of an image is one of many values.
	c = levels(nn.Dense{Units: 3, Activation: nn.Softmax{}}, loss.SparseCategoricalCrossentropy{})
	c.Model = nn.Sequential{nn.Dense{Units: 16}, nn.BatchNormalization{}, nn.ReLU{}, nn.Dense{Units: 3, Activation: nn.Softmax{}}}
	c.Data = c.Data.Range(0, 40)
	c.BatchSize, c.Epochs = 1, 10
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
}
