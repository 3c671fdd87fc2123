//! Tails and quantiles of distributions, accurate over the whole range.
//!
//! Tails are computed on the side where they are small, and carry their logarithm, so that a
//! p-value of 1e-200 is as good as one of 0.2. Quantiles invert the same tails by Newton's method.

mod beta;
mod binomial;
mod fisher_f;
mod gamma;
mod kolmogorov;
mod kstwo;
mod noncentral;
mod noncentral_t;
mod normal;
mod root;
mod smirnov;
mod stirling;
mod student;
mod tails;

pub use beta::{beta_isf, beta_quantile, ibeta, ln_beta_prefix};
pub use binomial::{binom_cdf, binom_ln_pmf, binom_pmf, binom_sf, binom_tails};
pub use fisher_f::{f_cdf, f_isf, f_ln_sf, f_sf, f_tails};
pub use gamma::{
    chi2_cdf, chi2_isf, chi2_ln_sf, chi2_sf, chi2_tails, gamma_isf, gamma_pq, gamma_tails,
    ln_gamma_prefix, poisson_pmf,
};
pub use kolmogorov::{kolmogorov_isf, kolmogorov_ln_sf, kolmogorov_sf};
pub use kstwo::{kstwo_ln_sf, kstwo_sf};
pub use noncentral::{ncf_sf, ncf_tails, ncx2_cdf, ncx2_sf, ncx2_tails};
pub use noncentral_t::{nct_cdf, nct_sf};
pub use normal::{norm_cdf, norm_isf, norm_ln_isf, norm_ln_sf, norm_pdf, norm_sf};
pub use root::bisect;
pub use smirnov::{smirnov_ln_sf, smirnov_sf};
pub use stirling::{HALF_LN_2PI, deviance, ln_gamma, stirling_error, u_minus_ln_1p};
pub use student::{t_cdf, t_isf, t_ln_sf, t_sf, t_two_sided, t_two_sided_ln};
pub use tails::{Tails, ln_one_minus_exp};
