/* Tests a softmax by its golden vectors:  cc -std=c99 -O2 -o softmax_c loops/softmax.c -lm && ./softmax_c softmax.json

   For another op, write another forward and backward: the rest reads and compares, whatever the names and shapes. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An error may be this large beside the largest number of its array.  A number here is the result of some n + 5 rounded
   operations on n <= 3 terms, each off by 2^-53 at most; four times that, for dy - mean can cancel. */
#define TOLERANCE (16 * 0x1p-52)
/* The largest number counts as this at least: an error below 2^-1022, where float64 has few digits or none, is none. */
#define FLOOR (0x1p-1022 / TOLERANCE)

enum { ARRAYS = 64, AXES = 16, NUMBERS = 1024, TEXT = 256 };

/* An array of a case.  part: "inputs", "upstream", "settings" (each a single number or a list), "expected" or
   "gradients"; of the last two, `values` is what is right, and `got` what forward and backward write. */
typedef struct {
    char part[TEXT], name[TEXT];
    int axes, size, shape[AXES];
    double values[NUMBERS], got[NUMBERS];
} Array;

static struct { int number, count; char flags[TEXT]; Array arrays[ARRAYS]; } the_case;

static void stop(const char *why, const char *what) {
    fprintf(stderr, "%s: %s\n", why, what);
    exit(1);
}

static Array *find(const char *part, const char *name) {
    for (Array *a = the_case.arrays; a < the_case.arrays + the_case.count; a++)
        if (!strcmp(a->part, part) && !strcmp(a->name, name)) return a;
    stop(part, name);
    return NULL;
}

/* One row; its largest number is subtracted first, so that no exponential overflows. */
static void softmax(int n, const double *x, double *y) {
    double largest = x[0], sum = 0;
    for (int i = 1; i < n; i++) largest = fmax(largest, x[i]);
    for (int i = 0; i < n; i++) sum += y[i] = exp(x[i] - largest);
    for (int i = 0; i < n; i++) y[i] /= sum;
}

/* y_i = e^x_i / sum_j e^x_j over the last axis, which varies fastest. */
static void forward(void) {
    const Array *x = find("inputs", "x");
    Array *y = find("expected", "y");
    int n = x->shape[x->axes - 1];
    for (int i = 0; i < x->size; i += n) softmax(n, x->values + i, y->got + i);
}

/* dx = y (dy - mean), mean = sum_j dy_j y_j. */
static void backward(void) {
    const Array *x = find("inputs", "x"), *upstream = find("upstream", "y");
    Array *gradient = find("gradients", "x");
    int n = x->shape[x->axes - 1];
    for (int row = 0; row < x->size; row += n) {
        double y[NUMBERS], mean = 0;
        const double *dy = upstream->values + row;
        int top = 0; /* the largest y: less its dy, the others give the same dx, and keep their digits where y is 1 */
        softmax(n, x->values + row, y);
        for (int i = 1; i < n; i++) top = y[i] > y[top] ? i : top;
        for (int i = 0; i < n; i++) mean += (dy[i] - dy[top]) * y[i];
        for (int i = 0; i < n; i++) gradient->got[row + i] = y[i] * (dy[i] - dy[top] - mean);
    }
}

/* The largest error beside the largest number; infinite where a number is missing or not finite. */
static double largest_error(const Array *a) {
    double scale = FLOOR, error = 0;
    int size = 1;
    for (int i = 0; i < a->axes; i++) size *= a->shape[i];
    if (size != a->size) return INFINITY;
    for (int i = 0; i < a->size; i++) scale = fmax(scale, fabs(a->values[i]));
    for (int i = 0; i < a->size; i++)
        error = fmax(error, isfinite(a->got[i]) ? fabs(a->got[i] - a->values[i]) : INFINITY);
    return error / scale;
}

/* Tests the case that has been read.  Returns whether it fails. */
static int test(void) {
    const Array *worst = NULL;
    double error = 0;
    forward();
    backward();
    for (Array *a = the_case.arrays; a < the_case.arrays + the_case.count; a++)
        if ((!strcmp(a->part, "expected") || !strcmp(a->part, "gradients")) && largest_error(a) > error) {
            worst = a;
            error = largest_error(a);
        }
    if (error <= TOLERANCE) return 0;
    printf("case %d (%s): ", the_case.number, the_case.flags);
    printf("%s %s: an error of %.1e beside the largest number\n", worst->part, worst->name, error);
    return 1;
}

static void add_array(const char *part, const char *name) {
    if (the_case.count == ARRAYS) stop("more than ARRAYS arrays", name);
    Array *a = &the_case.arrays[the_case.count++];
    strcpy(a->part, part);
    strcpy(a->name, name);
    a->axes = a->size = 0;
    for (int i = 0; i < NUMBERS; i++) a->got[i] = NAN;
}

static void add_number(const char *text, int is_length) {
    Array *a = &the_case.arrays[the_case.count - 1];
    double value = *text == 't' ? 1 : strtod(text + (*text == '"'), NULL); /* true, "0x1.8p+1", "1.5e-3 +/- 1e-52", 3 */
    if (is_length ? a->axes == AXES : a->size == NUMBERS) stop("more than AXES axes, or NUMBERS numbers", a->name);
    if (is_length) a->shape[a->axes++] = (int)value;
    else a->values[a->size++] = value;
}

static void add_flag(const char *text) {
    size_t used = strlen(the_case.flags);
    snprintf(the_case.flags + used, TEXT - used, "%s%.*s", used ? ", " : "", (int)strcspn(text + 1, "\""), text + 1);
}

/* Takes up one line: the spaces before it say how deep it stands, and path[depth] is the last key that stood so deep.
   Returns whether it ends a case. */
static int read_line(char *text, int depth) {
    static char path[16][TEXT];
    char *end = strstr(text, "\": "), *value = end ? end + 3 : text;
    if (end && depth < 16) snprintf(path[depth], TEXT, "%.*s", (int)(end - text - 1), text + 1);
    if (strcmp(path[1], "cases")) return 0;
    if (depth == 2 && *value == '{') the_case.count = *the_case.flags = 0;
    if (depth == 3 && !strcmp(path[3], "number")) the_case.number = atoi(value);
    if (depth == 4 && !strcmp(path[3], "flags")) add_flag(value);
    else if (depth == 4 && end) add_array(path[3], path[4]);
    int is_setting = depth >= 4 && !strcmp(path[3], "settings");
    int is_length = depth == 6 && !strcmp(path[5], "shape");
    if (!strchr("{}[]", *value) && (is_setting || is_length || depth == 6)) add_number(value, is_length);
    return depth == 2 && *value == '}';
}

int main(int argc, char **argv) {
    char line[4096], *text = line;
    int cases = 0, failed = 0;
    FILE *file = fopen(argc > 1 ? argv[1] : "", "r");
    if (!file) stop("cannot be read", argc > 1 ? argv[1] : "no file is named");
    while (fgets(line, sizeof line, file)) {
        text = line + strspn(line, " ");
        text[strcspn(text, "\r\n")] = 0;
        if (read_line(text, (int)(text - line))) {
            cases++;
            failed += test();
        }
    }
    if (text != line || *text != '}') stop("ends too early", argv[1]);
    printf("%d cases: ", cases);
    if (failed) printf("%d fail\n", failed);
    else puts(cases ? "all hold" : "nothing to test");
    return failed || !cases;
}
