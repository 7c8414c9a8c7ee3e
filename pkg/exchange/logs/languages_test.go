package logs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/exchange/logs"
)

// Lines that programs print in other languages are read as those in English: names, counts, decimal commas and signs of their own, with
// the losses of training and validation told apart.
func TestLogsInOtherLanguages(t *testing.T) {
	for name, c := range map[string]struct{ text, loss, validation, axis string }{
		"German":                  {"Epoche 1/3 – Verlust: 0,69 – Validierungsverlust: 0,71\nEpoche 2/3 – Verlust: 0,6 – Validierungsverlust: 0,65\nEpoche 3/3 – Verlust: 0,5 – Validierungsverlust: 0,6\n", "verlust", "validierungsverlust", "epoch"},
		"German, two trained":     {"Epoche 1: Trainingsverlust = 0,69, Validierungsverlust = 0,71, Lernrate = 0,001\nEpoche 2: Trainingsverlust = 0,6, Validierungsverlust = 0,65, Lernrate = 0,001\nEpoche 3: Trainingsverlust = 0,5, Validierungsverlust = 0,6, Lernrate = 0,001\n", "trainingsverlust", "validierungsverlust", "epoch"},
		"German, points besides":  {"Epoche 1 (2.3s): Verlust: 0,69 Validierungsverlust: 0,71\nEpoche 2 (2.1s): Verlust: 0,6 Validierungsverlust: 0,65\nEpoche 3 (2.2s): Verlust: 0,5 Validierungsverlust: 0,6\n", "verlust", "validierungsverlust", "epoch"},
		"German, without a colon": {"Epoche 1 Verlust 0,69\nEpoche 2 Verlust 0,6\nEpoche 3 Verlust 0,5\n", "verlust", "", "epoch"},
		"French":                  {"Époque 1/3 - perte\u00a0: 0,69 - perte de validation\u202f: 0,71\nÉpoque 2/3 - perte\u00a0: 0,6 - perte de validation\u202f: 0,65\nÉpoque 3/3 - perte\u00a0: 0,5 - perte de validation\u202f: 0,6\n", "perte", "perte_de_validation", "epoch"},
		"French, two trained":     {"époque 1 : perte d'entraînement : 0,69 | perte de validation : 0,71\népoque 2 : perte d'entraînement : 0,6 | perte de validation : 0,65\népoque 3 : perte d'entraînement : 0,5 | perte de validation : 0,6\n", "perte_entraînement", "perte_de_validation", "epoch"},
		"Spanish":                 {"Época 1/3 - pérdida: 0,69 - pérdida de validación: 0,71\nÉpoca 2/3 - pérdida: 0,6 - pérdida de validación: 0,65\nÉpoca 3/3 - pérdida: 0,5 - pérdida de validación: 0,6\n", "pérdida", "pérdida_de_validación", "epoch"},
		"Portuguese":              {"Época 1: perda=0,69 perda_validação=0,71\nÉpoca 2: perda=0,6 perda_validação=0,65\nÉpoca 3: perda=0,5 perda_validação=0,6\n", "perda", "perda_validação", "epoch"},
		"Italian":                 {"Epoca 1/3 - perdita: 0,69 - perdita di validazione: 0,71\nEpoca 2/3 - perdita: 0,6 - perdita di validazione: 0,65\nEpoca 3/3 - perdita: 0,5 - perdita di validazione: 0,6\n", "perdita", "perdita_di_validazione", "epoch"},
		"Russian":                 {"Эпоха 1/3, потери: 0,69, потери на валидации: 0,71\nЭпоха 2/3, потери: 0,6, потери на валидации: 0,65\nЭпоха 3/3, потери: 0,5, потери на валидации: 0,6\n", "потери", "потери_на_валидации", "epoch"},
		"Chinese":                 {"第1轮\uff0c训练损失\uff1a0.69\uff0c验证损失\uff1a0.71\n第2轮\uff0c训练损失\uff1a0.6\uff0c验证损失\uff1a0.65\n第3轮\uff0c训练损失\uff1a0.5\uff0c验证损失\uff1a0.6\n", "训练损失", "验证损失", "epoch"},
		"Chinese, counted":        {"轮次 [1/3] 损失: 0.69 验证损失: 0.71 学习率: 0.001\n轮次 [2/3] 损失: 0.6 验证损失: 0.65 学习率: 0.001\n轮次 [3/3] 损失: 0.5 验证损失: 0.6 学习率: 0.001\n", "损失", "验证损失", "epoch"},
		"Japanese":                {"エポック 1/3 - 損失: 0.69 - 検証損失: 0.71\nエポック 2/3 - 損失: 0.6 - 検証損失: 0.65\nエポック 3/3 - 損失: 0.5 - 検証損失: 0.6\n", "損失", "検証損失", "epoch"},
		"steps":                   {"Schritt 1: Verlust: 0,69\nSchritt 2: Verlust: 0,6\nSchritt 3: Verlust: 0,5\n", "verlust", "", "step"},
		"a table":                 {"Époque;Perte;Perte de validation\n1;0,69;0,71\n2;0,6;0,65\n3;0,5;0,6\n", "Perte", "Perte de validation", "epoch"},
	} {
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			t.Run(name, func(t *testing.T) {
				log, err := logs.Read(strings.NewReader(form.String(c.text)))
				require.NoError(t, err)
				loss := find(t, log, c.loss)
				require.Equal(t, []float64{0.69, 0.6, 0.5}, loss.Values)
				require.Equal(t, c.axis, loss.Axis)
				require.Equal(t, []float64{1, 2, 3}, loss.At)
				r, err := curve.Read(t.Context(), append(log.Series, curve.Series{Name: "x", Values: []float64{3, 1, 2}}))
				require.NoError(t, err)
				require.Equal(t, c.loss, r.Training.Name)
				if c.validation == "" {
					require.Nil(t, r.Validation)
					return
				}
				require.Equal(t, []float64{0.71, 0.65, 0.6}, find(t, log, c.validation).Values)
				require.NotNil(t, r.Validation)
				require.Equal(t, c.validation, r.Validation.Name)
			})
		}
	}
}

// A comma that may part thousands is what the others in the log are, whichever comes first.
func TestCommasBesidePoints(t *testing.T) {
	for text, want := range map[string][]float64{
		"Verlust: 1,234 (2.5s)\nVerlust: 0,98 (2.5s)\n":      {1.234, 0.98},
		"Verlust: 1,234 lr: 0.001\nVerlust: 2,345 lr: 0.1\n": {1234, 2345},
		"Verlust: 1,2,3 lr: 0.001\nVerlust: 2,3,4 lr: 0.1\n": {1, 2},
		"Verlust: 0,5e-3 lr: 0.001\nVerlust: 12,5% lr: 1.\n": {0.0005, 0.125},
	} {
		log, err := logs.Read(strings.NewReader(text))
		require.NoError(t, err, text)
		require.Equal(t, want, find(t, log, "verlust").Values, text)
	}
}

// What people write about a training, or about anything else, is no log for having numbers in it.
func TestProseInOtherLanguagesIsNoLog(t *testing.T) {
	for name, text := range map[string]string{
		"German":   "Der Verlust betrug in der Epoche der Romantik 3 Bücher, der Fehler 12 Seiten.\nEin Fehler in 3 Zeilen, ein Verlust von 0,7 Millionen.\nZutaten: Mehl\n",
		"French":   "La perte fut de 3 navires à cette époque, et la perte de 1805 plus grande.\nUne erreur en 3 lignes.\n",
		"Spanish":  "La pérdida fue de 3 barcos. En esa época, 12 puertos.\n",
		"Russian":  "В 2020 году потери составили 3 человека; эпоха 90-х кончилась. Ошибка в 3 строках.\n",
		"Chinese":  "公司去年的损失达到3亿元。\n第3轮融资之后,员工有120人。\n",
		"Japanese": "昨年の損失は3億円でした。\n",
	} {
		t.Run(name, func(t *testing.T) {
			log, err := logs.Read(strings.NewReader(text))
			require.ErrorContains(t, err, "no numbers of a training in it", "%+v", log)
		})
	}
}
