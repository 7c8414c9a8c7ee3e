package curve

import "strings"

// role is what a series is by its name.
type role int

const (
	other role = iota
	trainingLoss
	validationLoss
	learningRate
	gradientNorm
)

// roleOf goes by the names of Keras, Lightning, Hugging Face's Trainer and TensorBoard, and what people print themselves:
// "loss", "train_loss_epoch", "Loss/train", "val_loss", "eval_loss", "test loss", "lr-Adam", "grad_norm".
func roleOf(name string) role {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r < 'a' || r > 'z'
	})
	held, loss, rate, gradient, norm := false, false, false, false, false
	for i, w := range words {
		switch w {
		case "val", "valid", "validation", "eval", "evaluation", "test", "dev", "holdout":
			held = true
		case "loss", "losses", "trainloss":
			loss = true
		case "valloss", "testloss", "evalloss":
			held, loss = true, true
		case "lr":
			rate = true
		case "rate":
			rate = rate || i > 0 && words[i-1] == "learning"
		case "grad", "gradient", "gradients":
			gradient = true
		case "norm":
			norm = true
		}
	}
	switch {
	case loss && held:
		return validationLoss
	case loss:
		return trainingLoss
	case rate:
		return learningRate
	case gradient && norm:
		return gradientNorm
	}
	return other
}

// chosen are the series that a reading is about: the training's loss and the validation's, each by epoch where the log has it
// by step, too, and all others.
func chosen(all []Series) (training, validation *Series, rates, norms []Series) {
	for i := range all {
		s := &all[i]
		switch roleOf(s.Name) {
		case trainingLoss:
			training = nearer(training, s)
		case validationLoss:
			validation = nearer(validation, s)
		case learningRate:
			rates = append(rates, *s)
		case gradientNorm:
			norms = append(norms, *s)
		}
	}
	if training == nil && validation == nil && len(all) == 1 && len(rates)+len(norms) == 0 && !isScore(all[0].Name) {
		training = &all[0] // a column without a name, or with one of the user's own
	}
	return training, validation, rates, norms
}

// isScore reports whether a name is that of a metric, of which more is better.
func isScore(name string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r < 'a' || r > 'z' }) {
		switch w {
		case "acc", "accuracy", "f", "auc", "precision", "recall", "score", "dice", "iou", "bleu", "rouge", "r", "map", "psnr", "reward":
			return true
		}
	}
	return false
}

// others are the losses that aren't described.
func others(all []Series, training, validation *Series) (names []string) {
	for i := range all {
		s := &all[i]
		if r := roleOf(s.Name); (r == trainingLoss || r == validationLoss) && s != training && s != validation {
			names = append(names, s.Name)
		}
	}
	return names
}

// nearer is the one of two losses that is the whole training's: that of the shorter name, "loss" before "head_loss", but by
// epoch before by step, as a validation's is.
func nearer(a, b *Series) *Series {
	if a == nil {
		return b
	}
	byStep := func(s *Series) bool { return strings.HasSuffix(s.Name, "step") }
	if byStep(a) != byStep(b) {
		if byStep(a) {
			return b
		}
		return a
	}
	if len(b.Name) < len(a.Name) {
		return b
	}
	return a
}
