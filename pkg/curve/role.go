package curve

import (
	"slices"
	"strings"
	"unicode"
)

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
// "loss", "train_loss_epoch", "Loss/train", "val_loss", "lossVal", "eval_loss", "test loss", "lr-Adam", "grad_norm".
func roleOf(name string) role {
	words := wordsOf(name)
	isLoss := func(w string) bool {
		return w == "losses" || strings.HasPrefix(w, "loss") || strings.HasSuffix(w, "loss")
	}
	loss := slices.ContainsFunc(words, isLoss)
	rate, gradient, norm := false, false, false
	for i, w := range words {
		switch w {
		case "scale", "scaler", "weight", "weights", "factor", "coef", "coefficient": // "loss_scale" of mixed precision
			loss = loss && !slices.ContainsFunc(words[:i], isLoss)
		case "lr":
			rate = true
		case "lernrate", "学习率", "學習率", "学習率", "학습률":
			rate = true
		case "apprentissage", "aprendizaje", "aprendizado", "aprendizagem", "apprendimento", "обучения": // "taux d'apprentissage"
			rate = rate || slices.ContainsFunc(words[:i], isRate)
		case "rate":
			rate = rate || i > 0 && words[i-1] == "learning"
		case "grad", "gradient", "gradients":
			gradient = true
		case "norm":
			norm = true
		}
	}
	switch {
	case loss && isHeldOut(words):
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

// isRate reports whether a word says rate in one of the languages in which it stands ahead of what it is of.
func isRate(w string) bool {
	return slices.Contains([]string{"taux", "tasa", "taxa", "tasso", "скорость"}, w)
}

// wordsOf splits a name where it isn't letters and where a capital begins a word: "Loss/trainEpoch" is loss, train, epoch.
func wordsOf(name string) (words []string) {
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		letters, from := []rune(part), 0
		for i := 1; i < len(letters); i++ {
			ahead := unicode.IsLower(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]) // "valLoss", "BCELoss"
			if unicode.IsUpper(letters[i]) && ahead {
				words, from = append(words, strings.ToLower(string(letters[from:i]))), i
			}
		}
		words = append(words, strings.ToLower(string(letters[from:])))
	}
	return words
}

// isHeldOut reports whether one of the words says that the rows weren't trained on.
func isHeldOut(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		switch w = strings.TrimSuffix(strings.TrimPrefix(w, "loss"), "loss"); w {
		case "val", "vld", "vali", "eval", "evl", "tst", "evaluation", "test", "te", "dev", "holdout", "heldout", "teste", "prueba", "prova":
			return true
		}
		return slices.ContainsFunc([]string{"valid", "валид", "провер", "тест"}, func(begin string) bool { return strings.HasPrefix(w, begin) }) || // validation, validierung, validación, validazione
			slices.ContainsFunc([]string{"验证", "驗證", "测试", "測試", "検証", "評価", "テスト", "검증", "평가"}, func(in string) bool { return strings.Contains(w, in) })
	})
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
