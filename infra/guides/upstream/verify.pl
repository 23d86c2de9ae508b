# Who calls, as ljgate vouches for it. Needs Crypt::JWT (Debian: libcrypt-jwt-perl).
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use Digest::SHA qw(sha256);
use MIME::Base64 qw(encode_base64url);

# $jwks: https://GATEWAY/.well-known/jwks.json, decoded. $audience: the URL of --upstream, without its path.
# $seen->($jti, $exp): whether that id was used before; it notes the id until that time (Unix seconds).
# Dies where the call is not to be answered.
sub ljgate_caller {
    my ($assertion, $body, $jwks, $audience, $seen) = @_;
    my $caller = decode_jwt(
        token        => $assertion,
        kid_keys     => $jwks,
        accepted_alg => 'EdDSA',
        verify_exp   => 1,
        verify_iat   => undef,
        verify_aud   => sub { $_[0] eq $audience },
    );
    die "not valid now\n" if $caller->{iat} > time + 60;
    die "of another body\n" if $caller->{body} ne encode_base64url(sha256($body));
    die "used before\n" if $seen->($caller->{jti}, $caller->{exp});
    return $caller;
}

1;
