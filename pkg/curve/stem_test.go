package curve_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/curve"
)

// TestHistoryPairs has the training's and the validation's loss of logs with several quantities: never two of unlike stems.
func TestHistoryPairs(t *testing.T) {
	for name, c := range map[string]struct {
		columns              []string
		training, validation string
	}{
		"a total without its own": {[]string{"age_output_mae", "cost_total", "custom_crossentropy", "learning_rate", "val_age_output_mae", "val_custom_crossentropy"},
			"age_output_mae", "val_age_output_mae"},
		"nothing alike":             {[]string{"cost_total", "val_age_output_mae"}, "cost_total", ""},
		"losses not alike":          {[]string{"ce_loss", "val_dice_loss"}, "ce_loss", ""},
		"a pair before a name":      {[]string{"l_loss", "ce_loss", "val_ce_loss"}, "ce_loss", "val_ce_loss"},
		"the whole before a pair":   {[]string{"loss", "aux_loss", "val_aux_loss"}, "loss", ""},
		"outputs of Keras":          {[]string{"out_a_loss", "out_b_loss", "loss", "val_out_a_loss", "val_out_b_loss", "val_loss"}, "loss", "val_loss"},
		"numbers tell apart":        {[]string{"head1_loss", "val_head2_loss"}, "head1_loss", ""},
		"an average":                {[]string{"avg_train_loss", "val_loss"}, "avg_train_loss", "val_loss"},
		"by step and by epoch":      {[]string{"train_loss_step", "train_loss_epoch", "val_loss"}, "train_loss_epoch", "val_loss"},
		"loaders of Lightning":      {[]string{"train_loss", "val_loss/dataloader_idx_0"}, "train_loss", "val_loss/dataloader_idx_0"},
		"Hugging Face":              {[]string{"loss", "train_loss", "eval_loss"}, "loss", "eval_loss"},
		"TensorBoard of Keras":      {[]string{"train/epoch_loss", "validation/epoch_loss", "validation/evaluation_loss_vs_iterations"}, "train/epoch_loss", "validation/epoch_loss"},
		"one word for both, German": {[]string{"trainingsverlust", "validierungsverlust"}, "trainingsverlust", "validierungsverlust"},
		"in front and behind":       {[]string{"losstrain", "valloss"}, "losstrain", "valloss"},
		"capitals":                  {[]string{"TrainBCELoss", "DiceLoss", "ValBCELoss"}, "TrainBCELoss", "ValBCELoss"},
		"a weight's loss":           {[]string{"train_weight_loss", "val_weight_loss"}, "train_weight_loss", "val_weight_loss"},
		"rows alone":                {[]string{"train", "val"}, "train", "val"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := curve.Read(t.Context(), columns(c.columns...))
			require.NoError(t, err)
			require.Equal(t, c.training, r.Training.Name)
			if c.validation == "" {
				require.Nil(t, r.Validation)
				require.Contains(t, r.Text(), "the log has no validation loss of what "+c.training+" is, by its name; it has ")
			} else {
				require.NotNil(t, r.Validation)
				require.Equal(t, c.validation, r.Validation.Name)
			}
		})
	}
}

// TestHistoryPairsGiven has one loss by its name and the other found beside it.
func TestHistoryPairsGiven(t *testing.T) {
	all := columns("loss", "out_a_loss", "val_loss", "val_out_a_loss")
	r, err := curve.ReadAs(t.Context(), all, curve.Names{Loss: "out_a_loss"})
	require.NoError(t, err)
	require.Equal(t, "val_out_a_loss", r.Validation.Name)
	r, err = curve.ReadAs(t.Context(), all, curve.Names{Validation: "val_out_a_loss"})
	require.NoError(t, err)
	require.Equal(t, "out_a_loss", r.Training.Name)
}

// Short names are told, a lone letter beside its counterpart, and then it is said.
func TestShortNames(t *testing.T) {
	for name, c := range map[string]struct {
		columns              []string
		training, validation string
		assumed              bool
	}{
		"TrLoss and VLoss":         {[]string{"TrLoss", "VLoss", "LR"}, "TrLoss", "VLoss", true},
		"VLoss first":              {[]string{"VLoss", "TrLoss"}, "TrLoss", "VLoss", true},
		"TLoss and VLoss":          {[]string{"TLoss", "VLoss"}, "TLoss", "VLoss", true},
		"small and joined":         {[]string{"tloss", "vloss"}, "tloss", "vloss", true},
		"trn_loss and vl_loss":     {[]string{"trn_loss", "vl_loss"}, "trn_loss", "vl_loss", true},
		"loss and v_loss":          {[]string{"loss", "v_loss"}, "loss", "v_loss", true},
		"trained and tested":       {[]string{"TrLoss", "TLoss"}, "TrLoss", "TLoss", true},
		"whole words":              {[]string{"trn_loss", "vld_loss"}, "trn_loss", "vld_loss", false},
		"Val. Loss":                {[]string{"Train Loss", "Val. Loss"}, "Train Loss", "Val. Loss", false},
		"a letter and a word":      {[]string{"loss", "v_loss", "val_loss"}, "loss", "val_loss", false},
		"of values":                {[]string{"loss", "pg_loss", "v_loss"}, "loss", "", false},
		"of values, capitals":      {[]string{"LossPi", "LossV"}, "LossV", "", false},
		"errors":                   {[]string{"tr_err", "v_err"}, "tr_err", "v_err", true},
		"of two outputs, by pairs": {[]string{"tr_loss_1", "tr_loss_2", "v_loss_1", "v_loss_2"}, "tr_loss_1", "v_loss_1", true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := curve.Read(t.Context(), columns(c.columns...))
			require.NoError(t, err)
			require.Equal(t, c.training, r.Training.Name)
			if c.validation == "" {
				require.Nil(t, r.Validation)
			} else {
				require.NotNil(t, r.Validation)
				require.Equal(t, c.validation, r.Validation.Name)
			}
			if !c.assumed {
				require.Empty(t, r.Assumed)
				return
			}
			require.Contains(t, r.Assumed, c.training+" is the training loss and "+c.validation+" is the validation loss (columns: ")
		})
	}
	r, err := curve.ReadAs(t.Context(), columns("TrLoss", "VLoss"), curve.Names{Loss: "TrLoss"})
	require.NoError(t, err)
	require.Equal(t, "VLoss", r.Validation.Name)
	require.Empty(t, r.Assumed)
}
