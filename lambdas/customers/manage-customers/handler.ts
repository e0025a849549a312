import { CUSTOMER_OPERATIONS } from '../../../shared/customers/customer-operations.ts';
import * as customers from '../../../shared/customers/manage-customers.ts';
import { manageCustomersDependencies } from '../../../shared/customers/manage-customers-dependencies.ts';
import { httpLambda } from '../../../shared/http/http-lambda.ts';
import { parseEnv } from '../../../shared/kernel/env.ts';

const deps = manageCustomersDependencies(parseEnv(customers.ManageCustomersEnv));
const [listCustomers, getCustomer] = [customers.listCustomers(deps), customers.getCustomer(deps)];
const [updateCustomer, linkIdentity] = [customers.updateCustomer(deps), customers.linkIdentity(deps)];
const eraseCustomer = customers.eraseCustomer(deps);
const useCases = { listCustomers, getCustomer, updateCustomer, linkIdentity, eraseCustomer };
export const handler = httpLambda(CUSTOMER_OPERATIONS)(useCases);
