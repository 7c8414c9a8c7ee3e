package architectures_test

import (
	"math"
	"math/rand/v2"

	"example.com/unstuck/pkg/dataset"
)

// generator draws rows that an architecture of its kind can learn within seconds, inputs and targets as its config has them.
type generator func(rng *rand.Rand, rows int) dataset.Data

const (
	side  = 16 // of an image
	words = 20
	tags  = 3
)

// drawn makes an array row by row.
func drawn(rows int, shape []int, fill func(row int, values []float32)) dataset.Array {
	size := 1
	for _, n := range shape {
		size *= n
	}
	a := dataset.Array{Shape: append([]int{rows}, shape...), Values: make([]float32, rows*size)}
	for row := range rows {
		fill(row, a.Values[row*size:(row+1)*size])
	}
	return a
}

// stripe is an image of two channels with horizontal, vertical or diagonal stripes in noise.
func stripe(rng *rand.Rand, kind int, values []float32) {
	phase := rng.Float64() * math.Pi / 2
	for i := range side {
		for j := range side {
			at := []float64{float64(i), float64(j), float64(i + j)}[kind]
			wave := math.Sin(math.Pi/2*at + phase)
			values[2*(i*side+j)] = float32(wave + 0.4*rng.NormFloat64())
			values[2*(i*side+j)+1] = float32(0.5*wave + 0.4*rng.NormFloat64())
		}
	}
}

// stripes are images in three classes.
func stripes(rng *rand.Rand, rows int) dataset.Data {
	y := drawn(rows, []int{1}, func(row int, values []float32) { values[0] = float32(rng.IntN(3)) })
	x := drawn(rows, []int{side, side, 2}, func(row int, values []float32) { stripe(rng, int(y.Values[row]), values) })
	return dataset.Data{X: x, Y: y}
}

// stripePairs are two images that are of one class or of two.
func stripePairs(rng *rand.Rand, rows int) dataset.Data {
	first := make([]int, rows)
	y := drawn(rows, []int{1}, func(row int, values []float32) {
		first[row] = rng.IntN(2)
		values[0] = float32(rng.IntN(2))
	})
	left := drawn(rows, []int{side, side, 2}, func(row int, values []float32) { stripe(rng, first[row], values) })
	right := drawn(rows, []int{side, side, 2}, func(row int, values []float32) {
		stripe(rng, (first[row]+1-int(y.Values[row]))%2, values)
	})
	return dataset.Of([]dataset.Array{left, right}, []dataset.Array{y})
}

// blob puts a bright spot of a radius at a random place, and returns how bright each pixel is.
func blob(rng *rand.Rand, radius float64) []float64 {
	row, column := 3+rng.Float64()*(side-7), 3+rng.Float64()*(side-7)
	bright := make([]float64, side*side)
	for i := range side {
		for j := range side {
			d := math.Hypot(float64(i)-row, float64(j)-column) / radius
			bright[i*side+j] = math.Exp(-d * d)
		}
	}
	return bright
}

// spots are images with a spot in each channel, and for each pixel which of them covers it.
func spots(rng *rand.Rand, rows int) dataset.Data {
	y := dataset.Array{Shape: []int{rows, side, side, 1}, Values: make([]float32, rows*side*side)}
	x := drawn(rows, []int{side, side, 2}, func(row int, values []float32) {
		for channel := range 2 {
			for i, v := range blob(rng, 4) {
				values[2*i+channel] = float32(2*v + 0.2*rng.NormFloat64())
				if v > 0.4 {
					y.Values[row*side*side+i] = float32(channel + 1)
				}
			}
		}
	})
	return dataset.Data{X: x, Y: y}
}

// pictures are images of one channel from 0 to 1 that are their own targets.
func pictures(rng *rand.Rand, rows int) dataset.Data {
	x := drawn(rows, []int{side, side, 1}, func(_ int, values []float32) {
		for i, v := range blob(rng, 4) {
			values[i] = float32(v)
		}
	})
	return dataset.Data{X: x, Y: x}
}

// sentence draws words from low on.
func sentence(rng *rand.Rand, low int, values []float32) {
	for i := range values {
		values[i] = float32(low + rng.IntN(words-low))
	}
}

// opinions are sentences with a word of praise or without one.
func opinions(rng *rand.Rand, rows int) dataset.Data {
	y := dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}
	x := drawn(rows, []int{8}, func(row int, values []float32) {
		sentence(rng, 4, values)
		if rng.IntN(2) == 1 {
			y.Values[row] = 1
			values[rng.IntN(len(values))] = float32(rng.IntN(4))
		}
	})
	return dataset.Data{X: x, Y: y}
}

// topics are sentences in three classes, by the kind of words that is commonest.
func topics(rng *rand.Rand, rows int) dataset.Data {
	y := dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}
	x := drawn(rows, []int{8}, func(row int, values []float32) {
		topic := rng.IntN(tags)
		y.Values[row] = float32(topic)
		for i := range values {
			values[i] = float32(rng.IntN(words))
			if rng.Float64() < 0.7 {
				values[i] = float32(tags*rng.IntN(words/tags) + topic)
			}
		}
	})
	return dataset.Data{X: x, Y: y}
}

// tagged are sentences with a tag for each word; short ones end with words 0, which a mask leaves out.
func tagged(shortest int) generator {
	return func(rng *rand.Rand, rows int) dataset.Data {
		y := dataset.Array{Shape: []int{rows, 8}, Values: make([]float32, 8*rows)}
		x := drawn(rows, []int{8}, func(row int, values []float32) {
			sentence(rng, 1, values[:shortest+rng.IntN(9-shortest)])
			for i, word := range values {
				y.Values[8*row+i] = float32(int(word) % tags)
			}
		})
		return dataset.Data{X: x, Y: y}
	}
}

// chain fills in words of which each follows from the one ahead.
func chain(start, factor int, values []float32) {
	for i := range values {
		values[i] = float32(start)
		start = (factor*start + 1) % words
	}
}

// texts are chains of words, and for each word the next.
func texts(rng *rand.Rand, rows int) dataset.Data {
	y := dataset.Array{Shape: []int{rows, 8}}
	x := drawn(rows, []int{8}, func(_ int, values []float32) {
		all := make([]float32, 9)
		chain(rng.IntN(words), 3, all)
		copy(values, all)
		y.Values = append(y.Values, all[1:]...)
	})
	return dataset.Data{X: x, Y: y}
}

// translations are chains in two languages: the source, the words of the target so far, and the target.
func translations(rng *rand.Rand, rows int) dataset.Data {
	past := dataset.Array{Shape: []int{rows, 8}}
	y := dataset.Array{Shape: []int{rows, 8}}
	x := drawn(rows, []int{8}, func(_ int, values []float32) {
		start, target := rng.IntN(words), make([]float32, 8)
		chain(start, 3, values)
		chain((start+7)%words, 7, target)
		past.Values = append(append(past.Values, 0), target[:7]...)
		y.Values = append(y.Values, target...)
	})
	return dataset.Of([]dataset.Array{x, past}, []dataset.Array{y})
}

// steps are the numbers of a decoder, and which of four is the largest, turned around where those of the encoder sink.
func steps(rng *rand.Rand, rows int) dataset.Data {
	rises := make([]int, rows)
	encoded := drawn(rows, []int{6, 3}, func(row int, values []float32) {
		rises[row] = rng.IntN(2)
		for i := range values {
			values[i] = float32(float64(2*rises[row]-1)*0.8 + 0.5*rng.NormFloat64())
		}
	})
	y := dataset.Array{Shape: []int{rows, 5}}
	decoded := drawn(rows, []int{5, 4}, func(row int, values []float32) {
		for t := range 5 {
			kind := rng.IntN(4)
			for i := range 4 {
				values[4*t+i] = float32(0.3 * rng.NormFloat64())
			}
			values[4*t+kind]++
			if rises[row] == 0 {
				kind = 3 - kind
			}
			y.Values = append(y.Values, float32(kind))
		}
	})
	return dataset.Of([]dataset.Array{encoded, decoded}, []dataset.Array{y})
}

// series are three numbers at each of seven times, in three classes by which of them swings high.
func series(rng *rand.Rand, rows int) dataset.Data {
	y := dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}
	x := drawn(rows, []int{7, 3}, func(row int, values []float32) {
		kind := rng.IntN(3)
		y.Values[row] = float32(kind)
		for i := range values {
			values[i] = float32(0.6 * rng.NormFloat64())
			if i%3 == kind {
				values[i] += float32(1 + math.Sin(float64(i/3)))
			}
		}
	})
	return dataset.Data{X: x, Y: y}
}

// mixed are numbers for a linear part and for a deep one.
func mixed(rng *rand.Rand, rows int) dataset.Data {
	numbers := func(n int) dataset.Array {
		return drawn(rows, []int{n}, func(_ int, values []float32) {
			for i := range values {
				values[i] = float32(rng.NormFloat64())
			}
		})
	}
	wide, deep := numbers(5), numbers(4)
	y := drawn(rows, []int{1}, func(row int, values []float32) {
		w, d := wide.Row(row), deep.Row(row)
		values[0] = w[0] - 0.7*w[1] + float32(math.Abs(float64(d[0]))) + 0.6*d[1]*float32(math.Tanh(float64(d[2])))
	})
	return dataset.Of([]dataset.Array{wide, deep}, []dataset.Array{y})
}

// ratings are what users think of items: a taste that both have, and how kind the one and how good the other is.
func ratings(rng *rand.Rand, rows int) dataset.Data {
	tastes, kind, good := make([][2]float64, 2*words), make([]float64, words), make([]float64, words)
	for i := range tastes {
		tastes[i] = [2]float64{rng.NormFloat64(), rng.NormFloat64()}
	}
	for i := range words {
		kind[i], good[i] = 0.5*rng.NormFloat64(), 0.8*rng.NormFloat64()
	}
	pick := func(int, []float32) {}
	users, items := drawn(rows, []int{1}, pick), drawn(rows, []int{1}, pick)
	y := drawn(rows, []int{1}, func(row int, values []float32) {
		u, i := rng.IntN(words), rng.IntN(words)
		users.Values[row], items.Values[row] = float32(u), float32(i)
		a, b := tastes[u], tastes[words+i]
		values[0] = float32(0.7*(a[0]*b[0]+a[1]*b[1]) + kind[u] + good[i] + 0.1*rng.NormFloat64())
	})
	return dataset.Of([]dataset.Array{users, items}, []dataset.Array{y})
}
