package probefigure

import (
	"context"
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
)

// mostAnswers is how many pictures are shown, half of them wrong ones where there are so many.
const mostAnswers = 24

// Answers shows pictures of d with what they are and what the model says: the first 12 that are wrong, and then the first that are right,
// 24 together. d.X is [rows, height, width] or [rows, height, width, channels]; of channels the mean is shown.
//
// Errors: data that aren't pictures, and those of [Confusion].
func Answers(ctx context.Context, m *fit.Model, d dataset.Data, c Classes) (figure.Answers, error) {
	if axes := len(d.X.Shape); axes != 3 && axes != 4 {
		return figure.Answers{}, fmt.Errorf("probefigure: rows of shape %v are no pictures: that is [rows, height, width, channels]", d.X.Shape)
	}
	a, err := c.answers(ctx, m, d)
	if err != nil {
		return figure.Answers{}, err
	}
	var wrong, right []int
	for i, target := range a.targets {
		if a.said[i] == target {
			right = append(right, i)
		} else {
			wrong = append(wrong, i)
		}
	}
	shownWrong := wrong[:min(len(wrong), max(mostAnswers/2, mostAnswers-len(right)))]
	shownRight := right[:min(len(right), mostAnswers-len(shownWrong))]
	f := figure.Answers{Subtitle: fmt.Sprintf("%d of %d are wrong", len(wrong), len(a.targets))}
	if len(shownWrong)+len(shownRight) < len(a.targets) {
		f.Subtitle += fmt.Sprintf("; shown are the first %d of them and the first %d that are right", len(shownWrong), len(shownRight))
	}
	f.Subtitle += ". Above each what it is."
	for _, i := range append(shownWrong, shownRight...) {
		f.Answers = append(f.Answers, figure.Answer{
			Values: brightness(d.X.Row(i), d.X.Shape[1:]), Target: c.name(a.targets[i]), Predicted: c.name(a.said[i]), Share: a.certainty[i],
		})
	}
	return f, nil
}

// brightness is the mean of a picture's channels.
func brightness(values []float32, shape []int) [][]float64 {
	channels := 1
	if len(shape) == 3 {
		channels = shape[2]
	}
	picture := make([][]float64, shape[0])
	for y := range picture {
		picture[y] = make([]float64, shape[1])
		for x := range picture[y] {
			for k := range channels {
				picture[y][x] += float64(values[(y*shape[1]+x)*channels+k]) / float64(channels)
			}
		}
	}
	return picture
}
