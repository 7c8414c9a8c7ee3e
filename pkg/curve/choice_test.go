package curve_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/curve"
)

// columns are series of those names: one called epoch counts, one that begins with acc rises, all others fall.
func columns(names ...string) (all []curve.Series) {
	for _, name := range names {
		s := curve.Series{Name: name}
		for i := range 12 {
			switch v := math.Exp(-float64(i) / 4); {
			case name == "époque":
				s.Values = append(s.Values, float64(i+1))
			case len(name) > 2 && name[:3] == "acc":
				s.Values = append(s.Values, 1-v)
			default:
				s.Values = append(s.Values, v)
			}
		}
		all = append(all, s)
	}
	return all
}

// TestLossesByWhatTheyAreCalled has the names that people and frameworks give, and what is assumed where no name says loss.
func TestLossesByWhatTheyAreCalled(t *testing.T) {
	for name, c := range map[string]struct {
		columns              []string
		training, validation string
		assumed              bool
	}{
		"Lightning with slashes": {[]string{"train/loss_epoch", "val/loss_epoch", "accuracy"}, "train/loss_epoch", "val/loss_epoch", false},
		"camel case":             {[]string{"lossTrain", "lossVal", "lr"}, "lossTrain", "lossVal", false},
		"capitals":               {[]string{"TrainBCELoss", "ValBCELoss"}, "TrainBCELoss", "ValBCELoss", false},
		"joined":                 {[]string{"trainloss", "validloss"}, "trainloss", "validloss", false},
		"one's own":              {[]string{"my_loss", "f1"}, "my_loss", "", false},
		"a value is no valid":    {[]string{"value_loss", "reward"}, "value_loss", "", false},
		"French":                 {[]string{"époque", "perte", "perte_val"}, "perte", "perte_val", true},
		"German":                 {[]string{"verlust", "validierungsverlust"}, "verlust", "validierungsverlust", true},
		"Portuguese":             {[]string{"custo", "custo_teste"}, "custo", "custo_teste", true},
		"Chinese":                {[]string{"损失", "acc"}, "损失", "", true},
		"by formula":             {[]string{"mse", "val_mse", "accuracy"}, "mse", "val_mse", true},
		"errors":                 {[]string{"tr_err", "te_err"}, "tr_err", "te_err", true},
		"what is left":           {[]string{"époque", "energy", "accuracy", "lr"}, "energy", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := curve.Read(t.Context(), columns(c.columns...))
			require.NoError(t, err)
			require.Equal(t, c.training, r.Training.Name)
			if c.validation == "" {
				require.Nil(t, r.Validation)
			} else {
				require.Equal(t, c.validation, r.Validation.Name)
			}
			if !c.assumed {
				require.Empty(t, r.Assumed)
				return
			}
			require.Contains(t, r.Assumed, c.training+" is the training loss")
			for _, column := range c.columns {
				require.Contains(t, r.Assumed, column)
			}
			require.Contains(t, r.Text(), "Assumed: "+r.Assumed)
		})
	}
}

// Two quantities that nothing tells apart are not chosen from, nor are scores.
func TestLossesThatNoNameTells(t *testing.T) {
	for _, names := range [][]string{{"époque", "x", "y"}, {"accuracy", "acc_val"}, {"temperature", "entropie", "z"}} {
		_, err := curve.Read(t.Context(), columns(names...))
		require.ErrorIs(t, err, curve.ErrNoLoss, "%v", names)
		require.ErrorContains(t, err, names[1])
	}
}

func TestLossesAsGiven(t *testing.T) {
	r, err := curve.ReadAs(t.Context(), columns("x", "Y", "loss"), curve.Names{Loss: "x", Validation: "y"})
	require.NoError(t, err)
	require.Equal(t, "x", r.Training.Name)
	require.Equal(t, "Y", r.Validation.Name, "in another case")
	require.Contains(t, r.Seen, "Not described are the other losses in it: loss")

	r, err = curve.ReadAs(t.Context(), columns("x", "loss"), curve.Names{Validation: "x"})
	require.NoError(t, err)
	require.Equal(t, "loss", r.Training.Name, "what isn't named is found")
	require.Equal(t, "x", r.Validation.Name)

	_, err = curve.ReadAs(t.Context(), columns("x", "y"), curve.Names{Loss: "z"})
	require.ErrorIs(t, err, curve.ErrNoLoss)
	require.ErrorContains(t, err, `with the name "z"; it has x, y`)
}
