package training

import "fmt"

// Assumption is a setting of a training that nobody gave, or that is another than was given. Reports name them first: an examination with other
// settings may end differently.
type Assumption struct {
	Setting string `json:"setting"` // "epochs"
	Value   string `json:"value"`   // "63"
	Why     string `json:"why"`     // "enough for about 2000 updates"
	// Given is what was given instead, "mixed_float16"; empty: nothing.
	Given string `json:"given,omitempty"`
	// Flag is the command's flag that takes another, "--drop date leaves it out"; empty: there is none.
	Flag string `json:"flag,omitempty"`
	// OfData says that it is no setting, but how the data were read.
	OfData bool `json:"of_data,omitempty"`
}

// String is "epochs 63 (enough for about 2000 updates)", or "number type float32 in place of mixed_float16"; a flag follows the reason.
func (a Assumption) String() string {
	if a.Given != "" {
		return fmt.Sprintf("%s %s in place of %s", a.Setting, a.Value, a.Given)
	}
	why := a.Why
	if a.Flag != "" {
		why += "; " + a.Flag
	}
	return fmt.Sprintf("%s %s (%s)", a.Setting, a.Value, why)
}

// The settings that may be assumed.
const (
	EpochsSetting          = "epochs"
	BatchSizeSetting       = "batch size"
	ValidationSplitSetting = "validation split"
	OptimizerSetting       = "optimizer"
	LearningRateSetting    = "learning rate"
	ScheduleSetting        = "learning-rate schedule"
	LossSetting            = "loss"
	ReductionSetting       = "loss's reduction"
	MetricsSetting         = "metrics" // those that a reader left out
	NumberTypeSetting      = "number type"
	InputsSetting          = "input" // whose numbers must be whole
	ClassWeightSetting     = "class weight"
	RowWeightsSetting      = "row weights" // of a fit whose rows were weighted by what isn't known
	HuberDeltaSetting      = "Huber's delta"
	SequenceLengthSetting  = "sequence length" // of texts
)

// Assume notes an assumption; what was assumed of the same setting before is forgotten. Copies of the training keep their
// own.
func (t *Training) Assume(setting, value, why string) {
	t.assume(Assumption{Setting: setting, Value: value, Why: why})
}

// AssumeInstead is [Training.Assume] for a setting that was given, and is taken otherwise.
func (t *Training) AssumeInstead(setting, value, given string) {
	t.assume(Assumption{Setting: setting, Value: value, Given: given})
}

func (t *Training) assume(next Assumption) {
	kept := make([]Assumption, 0, len(t.Assumed)+1)
	for _, a := range t.Assumed {
		if a.Setting != next.Setting {
			kept = append(kept, a)
		}
	}
	t.Assumed = append(kept, next)
}

// IsAssumed reports whether nobody gave a setting.
func (t Training) IsAssumed(setting string) bool {
	for _, a := range t.Assumed {
		if a.Setting == setting {
			return true
		}
	}
	return false
}
