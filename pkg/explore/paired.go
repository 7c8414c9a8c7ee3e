package explore

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Difference is how much higher one setting's scores are than another's, seed by seed.
type Difference struct {
	Pairs     int     // seeds with a finite score in both
	LeftOut   int     // seeds that diverged or failed in one of them, or that only one has
	Mean      float64 // of the differences, second minus first
	Low, High float64 // confidence interval of the mean
	Level     float64 // its level, such as 0.95
}

// Clear tells whether the interval leaves zero out: the settings differ by more than their seeds do.
func (d Difference) Clear() bool { return d.Low > 0 || d.High < 0 }

// String is the difference in words.
func (d Difference) String() string {
	text := fmt.Sprintf("%.4g (%g %% confidence: %.4g to %.4g, %d seeds)", d.Mean, 100*d.Level, d.Low, d.High, d.Pairs)
	if d.LeftOut > 0 {
		text += fmt.Sprintf(", %d left out", d.LeftOut)
	}
	return text
}

// Paired compares two rows of one table by the seeds they share, which is sharper than comparing their means:
// what a seed does to both cancels out. With differences d_i = second − first over n seeds, of mean m and
// sample standard deviation s, the interval is m ± t·s/√n, t the (1+level)/2 quantile of Student's
// distribution with n−1 degrees of freedom. It takes the differences to be normally distributed.
//
// Seeds that diverged are left out and counted: a setting that diverges now and then can look better here
// than it is. Errors: a level outside (0, 1), fewer than 2 pairs.
func Paired(first, second Row, level float64) (Difference, error) {
	scores := map[int64]float64{}
	for _, t := range first.Trials {
		if t.Err == "" && finite(t.Score) {
			scores[t.Seed] = t.Score
		}
	}
	var differences []float64
	for _, t := range second.Trials {
		if score, ok := scores[t.Seed]; ok && t.Err == "" && finite(t.Score) {
			differences = append(differences, t.Score-score)
		}
	}
	n := len(differences)
	d := Difference{Pairs: n, LeftOut: max(len(first.Trials), len(second.Trials)) - n, Level: level}
	if !(level > 0 && level < 1) {
		return d, fmt.Errorf("explore: confidence level %g: must lie between 0 and 1", level)
	}
	if n < 2 {
		return d, fmt.Errorf("explore: %d seeds have a score in both settings, an interval needs 2: give the search more seeds", n)
	}
	d.Mean, d.Low, d.High = interval(differences, level)
	return d, nil
}

// interval is the mean of at least 2 values and its confidence interval by Student's t.
func interval(values []float64, level float64) (mean, low, high float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v / n
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1 + level) / 2)
	margin := t * math.Sqrt(squares/(n-1)/n)
	return mean, mean - margin, mean + margin
}
