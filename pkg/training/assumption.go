package training

import "fmt"

// Assumption is a setting of a training that nobody gave. Reports name them first: an examination with other
// settings may end differently.
type Assumption struct {
	Setting string `json:"setting"` // "epochs"
	Value   string `json:"value"`   // "63"
	Why     string `json:"why"`     // "enough for about 2000 updates"
}

// String is "epochs 63 (enough for about 2000 updates)".
func (a Assumption) String() string { return fmt.Sprintf("%s %s (%s)", a.Setting, a.Value, a.Why) }

// The settings that may be assumed.
const (
	EpochsSetting          = "epochs"
	BatchSizeSetting       = "batch size"
	ValidationSplitSetting = "validation split"
	OptimizerSetting       = "optimizer"
	LearningRateSetting    = "learning rate"
	LossSetting            = "loss"
	MetricsSetting         = "metrics" // those that a reader left out
)

// Assume notes an assumption; what was assumed of the same setting before is forgotten. Copies of the training keep their
// own.
func (t *Training) Assume(setting, value, why string) {
	kept := make([]Assumption, 0, len(t.Assumed)+1)
	for _, a := range t.Assumed {
		if a.Setting != setting {
			kept = append(kept, a)
		}
	}
	t.Assumed = append(kept, Assumption{setting, value, why})
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
