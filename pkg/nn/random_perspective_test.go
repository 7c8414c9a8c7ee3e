package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
)

// The places that pixels come from are those of Keras' compute_homography_matrix: the projective map that takes the four corners
// from where they went back to where they were, solved here as eight linear equations in float64.
func TestPerspectiveIsTheHomography(t *testing.T) {
	const rows, height, width = 3, 4, 6
	random := rand.New(rand.NewPCG(1, 2))
	shares := make([][]float32, 4) // right, bottom, cornerX, cornerY of each image
	for i := range shares {
		for range rows {
			shares[i] = append(shares[i], 0.7+0.6*random.Float32())
		}
	}
	exec, err := graph.NewExec(gobackend.GetBackend(), func(all []*graph.Node) []*graph.Node {
		x := graph.Zeros(all[0].Graph(), shapes.Make(dtypes.Float32, rows, height, width, 1))
		row, column := perspective{all[0], all[1], all[2], all[3]}.places(x)
		return []*graph.Node{row, column}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	var inputs []any
	for _, s := range shares {
		inputs = append(inputs, tensors.FromFlatDataAndDimensions(s, rows, 1, 1, 1))
	}
	got, err := exec.Call(inputs...)
	if err != nil {
		t.Fatal(err)
	}
	rowsGot, columnsGot := tensors.MustCopyFlatData[float32](got[0]), tensors.MustCopyFlatData[float32](got[1])
	for i := range rows {
		w, h := float64(width-1), float64(height-1)
		starts := [][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}}
		ends := [][2]float64{{0, 0}, {w * float64(shares[0][i]), 0}, {0, h * float64(shares[1][i])}, {w * float64(shares[2][i]), h * float64(shares[3][i])}}
		a, b, c := mat.NewDense(8, 8, nil), mat.NewVecDense(8, nil), mat.NewVecDense(8, nil)
		for k, s := range starts {
			e := ends[k]
			a.SetRow(2*k, []float64{e[0], e[1], 1, 0, 0, 0, -s[0] * e[0], -s[0] * e[1]})
			a.SetRow(2*k+1, []float64{0, 0, 0, e[0], e[1], 1, -s[1] * e[0], -s[1] * e[1]})
			b.SetVec(2*k, s[0])
			b.SetVec(2*k+1, s[1])
		}
		if err := c.SolveVec(a, b); err != nil {
			t.Fatal(err)
		}
		for y := range height {
			for x := range width {
				u, v := float64(x), float64(y)
				by := c.AtVec(6)*u + c.AtVec(7)*v + 1
				column, row := (c.AtVec(0)*u+c.AtVec(1)*v+c.AtVec(2))/by, (c.AtVec(3)*u+c.AtVec(4)*v+c.AtVec(5))/by
				at := (i*height+y)*width + x
				if math.Abs(column-float64(columnsGot[at])) > 1e-4 || math.Abs(row-float64(rowsGot[at])) > 1e-4 {
					t.Errorf("image %d, place (%d, %d) comes from (%g, %g), want (%g, %g)", i, y, x, rowsGot[at], columnsGot[at], row, column)
				}
			}
		}
	}
}
