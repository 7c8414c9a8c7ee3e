package curve

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// elided is the article in "perte d'entraînement", which as a letter of its own would be the discriminator's.
var elided = regexp.MustCompile(`(?i)(^|\PL)[dl]['’]`)

// stemOf is what a loss's name says beside whose rows it is of and how it was averaged: "bce" and "loss" of "train_bce_loss_epoch" and
// of "ValBCELoss". Two losses are of one quantity where their stems are equal.
func stemOf(name string) string {
	words := wordsOf(elided.ReplaceAllString(name, "$1"))
	loader := slices.Contains(words, "dataloader") // Lightning: "val_loss/dataloader_idx_0"
	var stem []string
	for _, w := range words {
		switch w {
		case "losses":
			w = "loss"
		case "epoch", "epochs", "step", "steps", "batch", "iteration", "iterations", "vs", "dataloader", "idx",
			"avg", "average", "mean", "running", "smooth", "smoothed", "total", "overall",
			"de", "di", "du", "des", "del", "della", "do", "da", "sur", "auf", "на", "при": // "perte de validation"
			w = ""
		default:
			if isHeldOut([]string{w}) || isTrained(w) {
				w = quantityIn(w)
			}
		}
		if w != "" {
			stem = append(stem, w)
		}
	}
	if !loader {
		stem = append(stem, strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsDigit(r) })...)
	}
	return strings.Join(stem, " ")
}

// isTrained reports whether a word says that the rows were trained on.
func isTrained(w string) bool {
	switch strings.TrimSuffix(strings.TrimPrefix(w, "loss"), "loss") {
	case "tr", "trn", "trng", "entrenamiento", "treino", "treinamento", "entraînement", "entrainement", "apprentissage", "addestramento":
		return true
	}
	return strings.HasPrefix(strings.TrimPrefix(w, "loss"), "train") || // "trainloss", "trainingsverlust", "losstrain"
		strings.HasPrefix(w, "обуч") || strings.HasPrefix(w, "трен") ||
		slices.ContainsFunc([]string{"训练", "訓練", "学習", "학습", "훈련"}, func(in string) bool { return strings.Contains(w, in) })
}

// quantityIn is the loss in a word that names the rows, too, "verlust" in "validierungsverlust"; empty: it names the rows alone.
func quantityIn(w string) string {
	if strings.HasPrefix(w, "loss") || strings.HasSuffix(w, "loss") {
		return "loss"
	}
	longest := ""
	for _, e := range errorWords {
		if len(e) > 2 && len(e) > len(longest) && strings.HasSuffix(w, e) {
			longest = e
		}
	}
	return longest
}

// paired are the losses of a training and of other rows that go together: where one is given, the other has its stem, and
// where none is, a pair comes before a shorter name, but not before what is called a loss and nothing else: that is the whole.
// Without a validation of the training's stem there is none.
func paired(training, validation []*Series, given choice) (t, v *Series) {
	t, v = given.training, given.validation
	if t == nil {
		t = trainingFor(training, validation, v)
	}
	if v == nil {
		for _, s := range validation {
			if t == nil || stemOf(s.called()) == stemOf(t.called()) {
				v = nearer(v, s)
			}
		}
	}
	return t, v
}

// trainingFor is the training's loss that goes with one validation that is given, or with any of them.
func trainingFor(training, validation []*Series, given *Series) *Series {
	if given != nil {
		validation = []*Series{given}
	}
	var nearest, pair *Series
	for _, s := range training {
		nearest = nearer(nearest, s)
		if slices.ContainsFunc(validation, func(v *Series) bool { return stemOf(v.called()) == stemOf(s.called()) }) {
			pair = nearer(pair, s)
		}
	}
	if pair == nil || given == nil && stemOf(nearest.called()) == "loss" {
		return nearest
	}
	return pair
}
