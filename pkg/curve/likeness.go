package curve

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// errorWords are what a loss is called where it isn't called one: by its formula, or in another language. Those of four letters and
// more count within a word, too ("validierungsverlust").
var errorWords = []string{
	"mse", "mae", "rmse", "msle", "mape", "nll", "ce", "bce", "kl", "ppl", "err", "obj",
	"error", "cost", "criterion", "objective", "entropy", "crossentropy", "perplexity", "deviance", "residual",
	"verlust", "kosten", "fehler", "perte", "coût", "cout", "erreur", "perdita", "errore", "costo", "coste", "pérdida", "perdida", "perda", "custo",
	"erro", "verlies", "strata", "потер", "ошибк", "损失", "損失", "손실",
}

// guess chooses losses where no name says loss: what is called an error, or the one quantity that is left when scores, rates, norms
// and counts are taken away, with the one that has its name for other rows.
func (c *choice) guess(all []Series) {
	var errors, rest []*Series
	for i := range all {
		s := &all[i]
		if roleOf(s.called()) != other || isScore(s.called()) || counts(s.Values) {
			continue
		}
		if isError(s.called()) {
			errors = append(errors, s)
		}
		if len(s.Values) > 1 { // what is there once may be any number
			rest = append(rest, s)
		}
	}
	switch {
	case len(errors) > 0:
		rest = errors
	case len(rest) == 2 && isHeldOut(wordsOf(rest[0].called())) == isHeldOut(wordsOf(rest[1].called())), len(rest) > 2:
		return
	}
	var training, validation []*Series
	for _, s := range rest {
		if isHeldOut(wordsOf(s.called())) {
			validation = append(validation, s)
		} else {
			training = append(training, s)
		}
	}
	c.training, c.validation = paired(training, validation, choice{})
	if len(all) == 1 && len(rest) == 1 { // there is nothing to confuse it with
		return
	}
	if taken := c.taken(); taken != "" {
		c.assumed = fmt.Sprintf("no column has loss in its name, so %s (columns: %s)", taken, orNothing(namesOf(all)))
	}
}

func isError(name string) bool {
	return slices.ContainsFunc(wordsOf(name), func(w string) bool {
		return slices.ContainsFunc(errorWords, func(e string) bool { return w == e || len(e) > 3 && strings.Contains(w, e) })
	})
}

// counts reports whether the values are whole and each is as far from the one before: a count of epochs or steps.
func counts(values []float64) bool {
	if len(values) < 2 || values[1] <= values[0] {
		return false
	}
	for i := 1; i < len(values); i++ {
		if values[i] != math.Trunc(values[i]) || values[i]-values[i-1] != values[1]-values[0] {
			return false
		}
	}
	return true
}

// IsLoss reports whether a name says that a series is a loss: by that word, by a formula such as "mse", or in another language ("perte").
func IsLoss(name string) bool {
	r := roleOf(name)
	return r == trainingLoss || r == validationLoss || r == other && isError(name)
}
