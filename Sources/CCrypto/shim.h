/* OpenSSL's libcrypto as the system ships it: SHA-256 and HMAC, which sign requests. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
