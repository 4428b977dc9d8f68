#pragma once
#include <cblas.h>

// LAPACK is in the same library, but Debian's build brings no header for it.

/// Selected eigenvalues and eigenvectors of a real symmetric matrix (LAPACK dsyevr).
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a,
             const int *lda, const double *vl, const double *vu, const int *il, const int *iu,
             const double *abstol, int *m, double *w, double *z, const int *ldz, int *isuppz,
             double *work, const int *lwork, int *iwork, const int *liwork, int *info);
