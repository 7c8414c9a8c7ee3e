package text

import (
	"fmt"
	"strconv"

	"example.com/unstuck/pkg/dataset"
)

// Hashing puts strings and whole numbers into bins by a hash of them, as Keras' Hashing: FarmHash64, or SipHash-2-4 with a
// Salt. Fractions of numbers are cut off.
//
// Shapes: [rows, …] → the same; for other modes than "int" see [StringLookup].
type Hashing struct {
	Name       string
	NumBins    int    // how many bins there are, the mask's among them; must be positive
	MaskValue  string // where HasMask and there are two bins or more: goes to bin 0, which it has for itself. Of numbers their digits
	HasMask    bool
	MaskNumber bool     // MaskValue is a number in Keras, which tells the two apart
	Salt       []uint64 // two, the key of SipHash; nil: FarmHash64
	OutputMode string   // "int", "one_hot", "multi_hot" or "count"; empty: "int"
}

func (h Hashing) label() string { return label("Hashing", h.Name) }

// Encode implements [Layer].
func (h Hashing) Encode(inputs ...dataset.Texts) (dataset.Array, error) {
	t, err := alone(h.label(), inputs)
	if err != nil {
		return dataset.Array{}, err
	}
	if err := h.check(); err != nil {
		return dataset.Array{}, err
	}
	bins, first := h.NumBins, 0
	masked := h.HasMask && bins > 1
	if masked {
		bins, first = bins-1, 1
	}
	return encoder{label: h.label(), mode: or(h.OutputMode, asIndex), size: h.NumBins}.dense(t, func(_ int, s string) (int, error) {
		if masked && s == h.MaskValue {
			return 0, nil
		}
		return first + bucketOf(s, bins, h.Salt), nil
	})
}

func (h Hashing) check() error {
	switch {
	case h.NumBins < 1 || h.NumBins > maxBins:
		return fmt.Errorf("%s: num_bins=%d: must be from 1 to %d", h.label(), h.NumBins, maxBins)
	case len(h.Salt) != 0 && len(h.Salt) != 2:
		return fmt.Errorf("%s: the salt has %d numbers, must have two", h.label(), len(h.Salt))
	case h.OutputMode == asTFIDF:
		return fmt.Errorf("%s: there is no output_mode %q", h.label(), h.OutputMode)
	}
	return nil
}

// maxBins is the most bins whose numbers float32 tells apart.
const maxBins = 1 << 24

// RowShape implements [Layer].
func (h Hashing) RowShape(inputs ...[]int) ([]int, error) {
	if err := oneShape(h.label(), inputs); err != nil {
		return nil, err
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	return hotShape(h.label(), or(h.OutputMode, asIndex), inputs[0], h.NumBins)
}

// KerasCode implements [Layer].
func (h Hashing) KerasCode() string {
	c := call("Hashing", h.Name)
	c.add("num_bins=" + strconv.Itoa(h.NumBins))
	switch {
	case h.HasMask && h.MaskNumber:
		c.add("mask_value=" + h.MaskValue)
	case h.HasMask:
		c.add("mask_value=" + pythonText(h.MaskValue))
	}
	c.salt(h.Salt)
	c.mode(h.OutputMode)
	return c.String()
}
