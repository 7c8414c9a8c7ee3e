package figure

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func init() {
	var a Answers
	names := []string{"zero", "one", "two", "aeroplane"}
	for i := range 9 {
		one := Answer{Values: waves(8, 8, float64(i+1)/2), Target: names[i%4], Predicted: names[i%4], Share: 0.5 + float64(i)/20}
		if i%4 == 2 {
			one.Predicted = names[3]
		}
		a.Answers = append(a.Answers, one)
	}
	a.Answers[8].Predicted = ""
	goldens["answers"] = a
	goldens["answers-empty"] = Answers{}
}

func TestAnswersSayWhatIsWrong(t *testing.T) {
	picture := [][]float64{{1, 2}}
	a := Answers{Answers: []Answer{
		{Values: picture, Target: "3", Predicted: "3", Share: 0.98},
		{Values: picture, Target: "8", Predicted: "3", Share: 0.71},
		{Values: picture, Target: "a cathedral of long names", Predicted: "another cathedral", Share: 0.71},
	}, Columns: 8}
	f := a.film()
	assert.Equal(t, []string{"right, 98%", "said 3", "said another cathedral"}, []string{f.Stills[0].Detail, f.Stills[1].Detail[:6], f.Stills[2].Detail})
	assert.Equal(t, []bool{false, true, true}, []bool{f.Stills[0].wrong, f.Stills[1].wrong, f.Stills[2].wrong})
	assert.Contains(t, a.Text(), "1 of 3 pictures are right")
	assert.Contains(t, a.Text(), "picture 2 is 8, and taken for 3")
	x, y := luminance(wrongInk)+0.05, luminance(background)+0.05
	assert.GreaterOrEqual(t, y/x, 4.5)
}
